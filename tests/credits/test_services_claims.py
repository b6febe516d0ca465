"""A student's verbs: the new state, exactly one event, nothing else."""

from decimal import Decimal

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from credits.models import Claim, ClaimEvent, Evidence, LedgerEntry, Submission
from credits.services.claims import (
    Content,
    attach_evidence,
    detach_evidence,
    discard_claim,
    reopen_claim,
    save_claim,
    start_claim,
    submit_claim,
    withdraw_claim,
)
from portal.enums import Role, Status
from portal.files import FileRefused
from portal.models import Notice, StoredFile
from portal.workflow import NotAllowed, StaleSubject
from tests.builders import (
    FACTS,
    OTHER_COLLEGE,
    cover,
    fresh,
    get_category,
    get_version,
    jpeg,
    make_claim,
    make_college,
    make_round,
    make_student,
    make_window,
    move_deadline,
    pdf,
    png,
)

pytestmark = pytest.mark.django_db


def owner(claim):
    return fresh(claim.student.person)


def covered_student(**facts):
    student = make_student(**facts)
    cover(get_version().scheme, student.college)
    return student


def last_event(claim):
    return ClaimEvent.objects.filter(subject=claim).order_by("-pk").first()


@pytest.fixture
def only():
    """Give a check that a verb wrote one event and neither notices, mail nor bookings."""
    counts = {}

    def begin():
        counts.update(
            events=ClaimEvent.objects.count(), notices=Notice.objects.count(), entries=LedgerEntry.objects.count()
        )

    def end(claim, verb, state):
        claim.refresh_from_db()
        event = last_event(claim)
        assert (event.verb, event.to_state, event.actor_role) == (verb, state, Role.STUDENT)
        assert ClaimEvent.objects.count() == counts["events"] + 1
        assert Notice.objects.count() == counts["notices"]
        assert LedgerEntry.objects.count() == counts["entries"]
        assert mail.outbox == []

    return begin, end


def test_a_draft_freezes_the_roll_and_the_version(only):
    begin, end = only
    student, round_ = covered_student(), make_round()
    begin()
    claim = start_claim(round_, get_category(), fresh(student.person), Content("省赛二等奖", FACTS, Decimal(2)))
    end(claim, "start", "draft")
    assert (claim.college, claim.cohort, claim.academic_year) == (student.college, student.cohort, round_.academic_year)
    assert claim.scheme_version == get_version()
    assert claim.suggested_points == Decimal("2.00")
    assert claim.trace["steps"]


@pytest.mark.parametrize("category", ["innovation", "lab", "exchange", "practice", "art", "lecture"])
def test_recorded_categories_are_never_claimable(category):
    student, round_ = covered_student(), make_round()
    round_.categories.add(get_category(category))
    with pytest.raises(NotAllowed, match="无需申报"):
        start_claim(round_, get_category(category), fresh(student.person), Content())
    assert not Claim.objects.exists()


@pytest.mark.parametrize(
    "facts",
    [
        {"opens": 1, "closes": 2},
        {"opens": -2, "closes": -1},
        {"is_published": False},
        {"cohort": 2019},
    ],
)
def test_a_closed_round_takes_no_claim(facts):
    student, round_ = covered_student(), make_round(**facts)
    with pytest.raises(NotAllowed):
        start_claim(round_, get_category(), fresh(student.person), Content())
    assert not Claim.objects.exists()


def test_a_college_that_is_not_covered_takes_no_claim():
    round_, student = make_round(), make_student(college=make_college(*OTHER_COLLEGE))
    with pytest.raises(NotAllowed):
        start_claim(round_, get_category(), fresh(student.person), Content())


def test_who_left_the_roll_takes_no_claim():
    student, round_ = covered_student(on_roll=False), make_round()
    with pytest.raises(NotAllowed):
        start_claim(round_, get_category(), fresh(student.person), Content())


def test_saving_keeps_what_was_typed(only):
    begin, end = only
    claim = make_claim()
    begin()
    facts = {**FACTS, "level": "国家级"}
    save_claim(claim, owner(claim), Content("国赛二等奖", facts, Decimal("3.5"), "另附说明"), revision=claim.revision)
    end(claim, "save", "draft")
    assert (claim.content, claim.claimed_points, claim.points_reason) == ("国赛二等奖", Decimal("3.50"), "另附说明")
    assert claim.suggested_points == Decimal("3.00")


def test_saving_the_same_is_no_event():
    claim = make_claim()
    same = Content(claim.content, claim.facts, claim.claimed_points, claim.points_reason)
    before = ClaimEvent.objects.count()
    save_claim(claim, owner(claim), same, revision=claim.revision)
    assert ClaimEvent.objects.count() == before


def test_saving_over_what_another_window_saved_is_refused():
    claim = make_claim()
    seen = claim.revision
    save_claim(claim, owner(claim), Content("第一个窗口", FACTS), revision=seen)
    stale = Claim.objects.get(pk=claim.pk)
    with pytest.raises(StaleSubject):
        save_claim(stale, owner(claim), Content("第二个窗口", FACTS), revision=seen)
    claim.refresh_from_db()
    assert claim.content == "第一个窗口"


def test_nobody_else_saves_or_attaches():
    claim, other = make_claim(), fresh(make_student().person)
    with pytest.raises(NotAllowed):
        save_claim(claim, other, Content("别人", FACTS), revision=claim.revision)
    with pytest.raises(NotAllowed):
        attach_evidence(claim, other, jpeg())
    assert not StoredFile.objects.exists()


def test_evidence_is_stored_under_its_item(only):
    begin, end = only
    claim = make_claim()
    begin()
    evidence = attach_evidence(claim, owner(claim), pdf(), item="certificate")
    end(claim, "attach", "draft")
    assert (evidence.item, evidence.file.media_type) == ("certificate", "application/pdf")


REFUSED = {
    "wrong type": (SimpleUploadedFile("a.pdf", b"MZ\x90\x00 not a pdf at all"), {"type", "unknown"}),
    "empty": (SimpleUploadedFile("a.pdf", b""), {"empty"}),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_bad_file_leaves_nothing(case):
    upload, _codes = REFUSED[case]
    upload.seek(0)
    claim = make_claim()
    with pytest.raises(FileRefused):
        attach_evidence(claim, owner(claim), upload)
    assert not StoredFile.objects.exists()
    assert last_event(claim).verb == "start"


def test_an_encrypted_pdf_is_refused():
    claim = make_claim()
    with pytest.raises(FileRefused, match="加密"):
        attach_evidence(claim, owner(claim), pdf(password="secret"))


def test_a_file_over_the_schemes_limit_is_refused():
    claim = make_claim()
    room = claim.scheme_version.data.limits.file_bytes
    big = SimpleUploadedFile("a.jpg", jpeg().read() + b"\0" * room, "image/jpeg")
    with pytest.raises(FileRefused, match="上限"):
        attach_evidence(claim, owner(claim), big)


def test_the_schemes_number_of_files_is_the_limit():
    claim = make_claim()
    limit = claim.scheme_version.data.limits.files_per_claim
    for number in range(limit):
        attach_evidence(claim, owner(claim), png(f"{number}.png"))
    with pytest.raises(ValidationError, match=str(limit)):
        attach_evidence(claim, owner(claim), png("one too many.png"))
    assert claim.evidence.count() == StoredFile.objects.count() == limit
    detach_evidence(claim.evidence.first(), owner(claim))
    attach_evidence(claim, owner(claim), png("now it fits.png"))
    assert Evidence.objects.kept().count() == limit


def test_removing_keeps_the_file_for_the_trail(only):
    begin, end = only
    claim = make_claim(evidence=[(jpeg(), "certificate")])
    begin()
    detach_evidence(claim.evidence.get(), owner(claim))
    end(claim, "detach", "draft")
    assert not claim.evidence.kept().exists()
    assert StoredFile.objects.count() == 1


def test_submitting_gives_a_receipt_and_the_first_stage(only):
    begin, end = only
    claim = make_claim(evidence=[(jpeg(), "certificate")])
    begin()
    submission = submit_claim(claim, owner(claim), revision=claim.revision)
    end(claim, "submit", "in_review:college")
    assert (claim.status, claim.stage) == (Status.IN_REVIEW, "college")
    assert claim.receipt_number == submission.number
    assert submission.content["files"][0]["sha256"] == claim.evidence.get().file.sha256
    assert len(submission.sha256) == 64
    assert Submission.objects.count() == 1


INCOMPLETE = [
    ({"content": ""}, "content"),
    ({"points": None}, "claimed_points"),
    ({"points": "10.01"}, "claimed_points"),
    ({"points": "5"}, "points_reason"),
    ({"evidence": []}, "files_certificate"),
    ({"facts": {**FACTS, "level": ""}}, "level"),
    ({"facts": {**FACTS, "form": "团队", "team_size": "3", "rank": "4"}}, "rank"),
    ({"facts": {**FACTS, "form": "团队", "team_size": "3.5", "rank": "1"}}, "team_size"),
]


@pytest.mark.parametrize(("facts", "field"), INCOMPLETE)
def test_what_is_missing_is_named_by_its_field(facts, field):
    claim = make_claim(**{"evidence": [(jpeg(), "certificate")], **facts})
    with pytest.raises(ValidationError) as caught:
        submit_claim(claim, owner(claim), revision=claim.revision)
    assert field in caught.value.message_dict
    claim.refresh_from_db()
    assert claim.status == Status.DRAFT
    assert not Submission.objects.exists()


def test_a_reason_allows_points_above_the_suggestion():
    claim = make_claim(points="5", points_reason="学院细则另有规定", evidence=[(jpeg(), "certificate")])
    submit_claim(claim, owner(claim), revision=claim.revision)
    assert claim.status == Status.IN_REVIEW


def test_after_the_deadline_a_draft_stays_a_draft():
    claim = make_claim(evidence=[(jpeg(), "certificate")])
    move_deadline(claim.round, days=-1)
    with pytest.raises(NotAllowed, match="截止"):
        submit_claim(claim, owner(claim), revision=claim.revision)
    save_claim(claim, owner(claim), Content("还能写", FACTS), revision=claim.revision)
    claim.refresh_from_db()
    assert (claim.status, claim.content) == (Status.DRAFT, "还能写")


def test_a_returned_claim_may_be_amended_while_the_college_works():
    claim = make_claim(Status.RETURNED)
    make_window(claim.round, Role.SECRETARY, closes=10)
    move_deadline(claim.round, days=-1)
    number = claim.receipt_number
    submit_claim(claim, owner(claim), revision=claim.revision)
    assert claim.status == Status.IN_REVIEW
    assert claim.receipt_number == number
    assert Submission.objects.filter(claim=claim).count() == 2


@pytest.mark.parametrize(
    ("status", "verb", "do", "state"),
    [
        (Status.IN_REVIEW, "withdraw", withdraw_claim, Status.WITHDRAWN),
        (Status.DRAFT, "discard", discard_claim, Status.WITHDRAWN),
        (Status.WITHDRAWN, "reopen", reopen_claim, Status.DRAFT),
    ],
)
def test_the_other_verbs(only, status, verb, do, state):
    begin, end = only
    claim = make_claim(status)
    begin()
    do(claim, owner(claim), revision=claim.revision)
    end(claim, verb, state)


@pytest.mark.parametrize("do", [withdraw_claim, discard_claim, reopen_claim])
def test_nobody_else_does_them(do):
    sources = {withdraw_claim: Status.IN_REVIEW, discard_claim: Status.DRAFT, reopen_claim: Status.WITHDRAWN}
    claim = make_claim(sources[do])
    with pytest.raises(NotAllowed):
        do(claim, fresh(make_student().person), revision=claim.revision)


@pytest.mark.parametrize("do", [withdraw_claim, discard_claim, reopen_claim])
def test_what_is_recognised_is_beyond_the_student(do):
    claim = make_claim(Status.RECOGNISED)
    with pytest.raises(StaleSubject):
        do(claim, owner(claim), revision=claim.revision)
