"""The duplicate radar: pictures that look alike, numbers that are the same, and the pairs of claims they make."""

import io
from base64 import b64encode
from pathlib import Path
from random import Random

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django_tasks_db.models import DBTaskResult
from PIL import Image, ImageDraw, ImageEnhance
from weasyprint import HTML

from credits.models import Claim, ClaimLook, DuplicatePair, FileScan, Fingerprint
from credits.radar.hashing import NEAR_FINE, coarse_distance, fine_distance, fingerprint, probes
from credits.services.claims import attach_evidence, detach_evidence, submit_claim, withdraw_claim
from credits.services.decisions import refuse_claim, return_claim
from credits.services.duplicates import dismiss_pair, look_for_duplicates, restore_pair
from credits.tasks import look_at_claim
from portal.enums import Role, Status
from portal.files.storing import private_storage
from portal.models import Event
from portal.pages.drawing import draw
from portal.workflow import NotAllowed
from tests.builders import FACTS, OTHER_COLLEGE, fresh, jpeg, make_claim, make_college, make_staff, make_student, pdf
from tests.whu import CONTEST, PAPER, make_entry, whu_claim, whu_student

pytestmark = pytest.mark.django_db


def paper(seed=1, *, stamp=None):
    """Draw a certificate-like picture; ``stamp`` puts something else onto the same paper."""
    random, image = Random(seed), Image.new("RGB", (480, 340), "#fbf6e9")
    draw = ImageDraw.Draw(image)
    for _line in range(12):
        x, y = random.randrange(400), random.randrange(300)
        draw.rectangle((x, y, x + random.randrange(20, 160), y + random.randrange(6, 40)), fill=random.choice(INKS))
    if stamp:
        draw.ellipse((300, 200, 420, 320), fill=stamp)
    return image


INKS = ["#8a1f11", "#1d3f72", "#222222"]


def upload(image, name="证书.jpg", kind="JPEG", quality=85):
    out = io.BytesIO()
    image.save(out, kind, **({"quality": quality} if kind == "JPEG" else {}))
    media = {"JPEG": "image/jpeg", "PNG": "image/png", "PDF": "application/pdf"}[kind]
    return SimpleUploadedFile(name, out.getvalue(), media)


def handed_in(file=None, *, student=None, **facts):
    """Return a claim in review with one file, already looked at."""
    files = [(file or jpeg(), "certificate")]
    claim = make_claim(Status.IN_REVIEW, student=student or make_student(), evidence=files, **facts)
    look_for_duplicates(claim)
    return claim


def alarms(claim):
    """Return the other claims that the claim may be the same as, with the kinds of grounds."""
    pairs = DuplicatePair.objects.open_for(claim)
    return {pair.other_id(claim): {row["kind"] for row in pair.grounds} for pair in pairs}


# --- Pictures ---


@pytest.mark.parametrize(
    "change",
    [
        lambda image: image.resize((960, 680)),
        lambda image: image.resize((300, 212)),
        lambda image: image.convert("L"),
        lambda image: ImageEnhance.Brightness(image).enhance(0.8),
    ],
)
def test_a_picture_that_was_resized_greyed_or_darkened_is_nearly_the_same(change):
    one, other = (fingerprint(image.convert("L")) for image in (paper(), change(paper())))
    assert coarse_distance(one.bands, other.bands) <= 4
    assert fine_distance(one.detail, other.detail) <= NEAR_FINE


def test_another_picture_or_another_stamp_is_not():
    one, other, stamped = (fingerprint(image.convert("L")) for image in (paper(), paper(2), paper(stamp="#c22b1f")))
    assert fine_distance(one.detail, other.detail) > NEAR_FINE
    assert fine_distance(one.detail, stamped.detail) > NEAR_FINE


def test_an_empty_sheet_has_no_fingerprint():
    assert fingerprint(Image.new("L", (400, 300), 250)) is None


def test_whatever_seven_bits_differ_one_band_is_found():
    random = Random(7)
    for _time in range(200):
        bands = [random.getrandbits(16) for _band in range(4)]
        other = list(bands)
        for bit in random.sample(range(64), 7):
            other[bit // 16] ^= 1 << bit % 16
        assert any(theirs in probes(mine) for mine, theirs in zip(bands, other, strict=True))


def test_the_picture_inside_a_pdf_is_found_by_the_photo():
    first = handed_in(upload(paper(), kind="PDF", name="扫描件.pdf"))
    second = handed_in(upload(paper(), quality=60))
    assert alarms(second) == {first.pk: {"image"}}
    assert alarms(first) == {second.pk: {"image"}}


def sheet(words, picture=None, *, small=""):
    """Return a typed sheet with a line of words, and a picture in its middle."""
    image = ""
    if picture is not None:
        out = io.BytesIO()
        picture.save(out, "PNG")
        image = f'<img width="300" src="data:image/png;base64,{b64encode(out.getvalue()).decode()}">'
    head = f"<title>{small}</title><style>@page {{size: A5}}</style><h1>{words}</h1>"
    drawn = HTML(string=f"{head}{'<p>statement of the contest</p>' * 9}{image}<small>{small}</small>")
    return SimpleUploadedFile("说明.pdf", drawn.write_pdf(), "application/pdf")


def photo_of(pdf, page=1):
    """Return a page of a PDF as somebody's screen or camera shows it."""
    pdf.seek(0)
    image = Image.open(io.BytesIO(draw(pdf.read()).pages[page - 1].image))
    pdf.seek(0)
    return upload(image.resize((image.width * 2 // 3, image.height * 2 // 3)), quality=60)


def test_a_typed_page_is_found_by_its_photo_and_the_pages_are_named():
    paper_ = sheet("Li Ming, second prize")
    first, second = handed_in(photo_of(paper_)), handed_in(paper_)
    assert alarms(second) == {first.pk: {"image"}}
    (ground,) = DuplicatePair.objects.get().grounds
    assert (ground["page"], ground["their_page"]) == (1, 1)
    assert list(
        Fingerprint.objects.filter(scan__file__media_type="application/pdf").values_list("part", flat=True)
    ) == ["page"]


def test_a_photo_pasted_into_a_sheet_is_found_as_well():
    first = handed_in(upload(paper()))
    second = handed_in(sheet("Attachment", paper()))
    assert alarms(second) == {first.pk: {"image"}}
    assert {print_.part for print_ in Fingerprint.objects.filter(scan__file__name="说明.pdf")} == {"page", "picture"}


def test_two_sheets_of_one_form_are_alike_only_when_they_say_the_same():
    first, other, again = (handed_in(sheet("Prize", small=f"No. {number}")) for number in ("1001", "1002", "1001 "))
    one, two, _three = Fingerprint.objects.order_by("pk")
    assert fine_distance(bytes(one.detail), bytes(two.detail)) <= NEAR_FINE, "they look alike"
    assert alarms(other) == {}
    assert alarms(again) == {first.pk: {"image"}}


def test_blank_pages_are_compared_with_nothing():
    for pages in (1, 2):
        claim = handed_in(pdf(pages=pages))
        assert not Fingerprint.objects.exists()
    assert alarms(claim) == {}
    assert set(FileScan.objects.values_list("outcome", flat=True)) == {"plain"}


def test_a_pdf_that_cannot_be_drawn_is_noted_and_stops_nothing():
    claim = make_claim(Status.IN_REVIEW, evidence=[(sheet("x"), "certificate")])
    Path(private_storage().path(claim.evidence.get().file.path)).write_bytes(b"%PDF-1.7 broken")
    assert look_for_duplicates(claim) == 0
    assert FileScan.objects.get().outcome == "unreadable"


def test_a_turned_page_is_compared_as_it_is_seen():
    first = handed_in(upload(paper()))
    turned = upload(paper().rotate(90, expand=True), kind="PDF", name="a.pdf")
    with pikepdf.open(turned) as document:
        document.pages[0].rotate(90, relative=False)
        out = io.BytesIO()
        document.save(out)
    second = handed_in(SimpleUploadedFile("b.pdf", out.getvalue(), "application/pdf"))
    assert alarms(second) == {first.pk: {"image"}}


def test_a_file_that_cannot_be_read_is_noted_and_stops_nothing():
    claim = make_claim(Status.IN_REVIEW)
    stored = claim.evidence.get().file
    Path(private_storage().path(stored.path)).write_bytes(b"\xff\xd8\xff broken")
    assert look_for_duplicates(claim) == 0
    assert FileScan.objects.get().outcome == "unreadable"
    assert ClaimLook.objects.filter(claim=claim).exists()


def test_a_picture_that_claims_more_pixels_than_memory_is_refused():
    document = pikepdf.new()
    document.add_blank_page(page_size=(595, 842))
    stream = pikepdf.Stream(document, b"\0" * 5_000_000)
    stream.Type, stream.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    stream.Width = stream.Height = 100
    stream.BitsPerComponent, stream.ColorSpace = 8, pikepdf.Name.DeviceGray
    document.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=stream))
    out = io.BytesIO()
    document.save(out, compress_streams=True)
    handed_in(SimpleUploadedFile("bomb.pdf", out.getvalue(), "application/pdf"))
    assert FileScan.objects.get().outcome == "unreadable"


# --- Claims ---


def test_the_same_file_of_somebody_else_is_an_alarm_on_both_sides():
    first, second = handed_in(), handed_in(student=make_student(college=make_college(*OTHER_COLLEGE)))
    assert alarms(first) == {second.pk: {"file"}}
    assert alarms(second) == {first.pk: {"file"}}


def test_the_same_certificate_number_in_another_writing_is_an_alarm():
    first = handed_in(jpeg(colour=(200, 10, 10)), facts={**FACTS, "certificate": "ＢＪ-2024 0815"})
    second = handed_in(jpeg(colour=(10, 200, 10)), facts={**FACTS, "certificate": "bj20240815"})
    handed_in(jpeg(colour=(10, 10, 200)), facts={**FACTS, "certificate": "无"})
    handed_in(jpeg(colour=(200, 200, 10)), facts={**FACTS, "certificate": "无"})
    assert alarms(second) == {first.pk: {"certificate"}}
    assert DuplicatePair.objects.count() == 1


def test_a_number_is_found_over_schemes():
    first = handed_in(facts={**FACTS, "certificate": "CN-2024-0815"})
    entry = make_entry()
    second = whu_claim(
        category="competition", entry=entry, facts={**CONTEST, "form": "个人", "certificate": "cn20240815"}
    )
    look_for_duplicates(second)
    assert "certificate" in alarms(second)[first.pk]


def test_the_same_competition_in_the_same_year_is_no_alarm_but_the_same_paper_is():
    entry = make_entry()
    for number in ("A-1001", "A-1002"):
        facts = {**CONTEST, "form": "个人", "certificate": number}
        look_for_duplicates(whu_claim(category="competition", student=whu_student(number), entry=entry, facts=facts))
    assert {kind for pair in DuplicatePair.objects.all() for kind in kinds(pair)} <= {"file"}
    one, two = whu_claim(), whu_claim(student=whu_student("别人"), facts={**PAPER, "doi": "10.1016/J.RSE.2024.01"})
    for claim in (one, two):
        look_for_duplicates(claim)
    assert {"doi", "title"} <= alarms(two)[one.pk]


def kinds(pair):
    return {row["kind"] for row in pair.grounds}


def test_team_mates_are_no_alarm():
    lead = whu_claim(
        category="paper",
        facts={**PAPER, "form": "合作完成", "team_size": "2", "rank": "1"},
        mates=[(2, whu_student("队友"))],
    )
    mate = Claim.objects.get(follows_lead=True)
    for claim in (lead, mate):
        assert look_for_duplicates(claim) == 0


@pytest.mark.parametrize("ending", [withdraw_claim, return_claim, refuse_claim])
def test_a_students_returned_or_withdrawn_predecessor_is_no_alarm(ending):
    student = make_student()
    before, after = handed_in(student=student), handed_in(student=student)
    assert alarms(after)
    before.refresh_from_db()
    if ending is withdraw_claim:
        withdraw_claim(before, fresh(student.person), revision=None)
    else:
        ending(before, make_staff(Role.SECRETARY), reason="请补充", revision=None)
    assert bool(alarms(after)) == (ending is refuse_claim)


def test_a_draft_is_never_an_alarm():
    make_claim(Status.DRAFT, evidence=[(jpeg(), "certificate")])
    assert alarms(handed_in()) == {}


def test_what_was_taken_off_is_no_ground_any_more():
    first, second = handed_in(), handed_in()
    secretary = make_staff(Role.SECRETARY)
    return_claim(second, secretary, reason="证书不是本人的", revision=None)
    actor = fresh(second.student.person)
    detach_evidence(second.evidence.get(), actor)
    attach_evidence(second, actor, jpeg(colour=(7, 8, 9)), item="certificate")
    second.refresh_from_db()
    submit_claim(second, actor, revision=second.revision)
    assert look_for_duplicates(second) == 0
    assert not DuplicatePair.objects.exists()
    assert alarms(first) == {}


def test_handing_in_asks_for_a_look_and_waits_for_none():
    claim = make_claim(Status.IN_REVIEW, evidence=[(upload(paper()), "certificate")])
    asked = DBTaskResult.objects.get()
    assert asked.task_path.endswith("look_at_claim")
    assert asked.args_kwargs == {"args": [claim.pk], "kwargs": {}}
    assert not FileScan.objects.exists()
    look_at_claim.call(claim.pk)
    assert Fingerprint.objects.count() == 1


def test_the_command_looks_at_what_is_left_and_a_second_run_finds_nothing(capsys):
    claims = [make_claim(Status.IN_REVIEW) for _number in range(3)]
    make_claim(Status.DRAFT)
    call_command("find_duplicates", limit=2)
    call_command("find_duplicates")
    call_command("find_duplicates")
    assert capsys.readouterr().out.splitlines() == [
        "2 claims compared, 2 of them look like another, 1 left",
        "1 claims compared, 1 of them look like another, 0 left",
        "0 claims compared, 0 of them look like another, 0 left",
    ]
    assert alarms(claims[0]) == {claim.pk: {"file"} for claim in claims[1:]}
    assert FileScan.objects.count() == 3


# --- Dismissals ---


@pytest.fixture
def pair(db):
    first = handed_in()
    second = handed_in(student=make_student(college=make_college(*OTHER_COLLEGE)))
    return DuplicatePair.objects.get(), first, second


def test_a_dismissal_is_one_sides_with_its_reason_and_event(pair):
    row, first, second = pair
    secretary = make_staff(Role.SECRETARY)
    dismiss_pair(row, first, secretary, reason=" 同一张合影 ")
    assert alarms(first) == {}
    assert alarms(second) == {first.pk: {"file"}}
    event = Event.objects.get(subject_kind="duplicate")
    assert (event.verb, event.actor, event.actor_role, event.reason) == (
        "dismiss",
        secretary,
        "secretary",
        "同一张合影",
    )
    dismiss_pair(row, first, secretary, reason="再按一次")
    restore_pair(row, first, secretary)
    restore_pair(row, first, secretary)
    assert alarms(first) == {second.pk: {"file"}}
    assert [each.verb for each in Event.objects.filter(subject_kind="duplicate")] == ["dismiss", "undismiss"]


def test_the_office_answers_for_both_sides(pair):
    row, first, second = pair
    dismiss_pair(row, first, make_staff(Role.OFFICE, scheme="bit"), reason="同一张合影")
    assert (alarms(first), alarms(second)) == ({}, {})


@pytest.mark.parametrize("role", [Role.COUNSELLOR, Role.AUDITOR])
def test_who_only_reads_dismisses_nothing(pair, role):
    row, first, _second = pair
    with pytest.raises(NotAllowed):
        dismiss_pair(row, first, make_staff(role), reason="看着像误报")
    with pytest.raises(NotAllowed):
        restore_pair(row, first, make_staff(Role.SECRETARY, college=make_college(*OTHER_COLLEGE)))


def test_a_new_ground_ends_a_dismissal(pair):
    row, first, second = pair
    dismiss_pair(row, first, make_staff(Role.SECRETARY), reason="同一张合影")
    look_for_duplicates(first)
    assert alarms(first) == {}
    for claim in (first, second):
        Claim.objects.filter(pk=claim.pk).update(facts={**FACTS, "certificate": "BJ-2024-7"})
        look_for_duplicates(Claim.objects.get(pk=claim.pk))
    assert alarms(first) == {second.pk: {"file", "certificate"}}
    assert Event.objects.filter(subject_kind="duplicate").last().actor is None
