"""Objections: within the period by arrival, holding one item and its team, decided once, told without a name."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from credits.models import ClaimEvent
from portal.enums import Role, Status
from portal.files import FileRefused
from portal.models import Event, Notice, StoredFile
from portal.workflow import NotAllowed, StaleRecord
from review.models import EntryState, Objection, ObjectionFile, ObjectionState
from review.services.objections import Decision, decide_objection, object_to, take_back
from review.services.publicity import preview, withdraw_list
from tests.builders import fresh, jpeg, make_staff, png
from tests.publicity import (
    end_period,
    issue,
    make_draft,
    make_list,
    make_objection,
    publish,
    run_jobs,
    states,
)
from tests.sanctions import sanctioned
from tests.whu import together, whu_claim, whu_staff, whu_student

pytestmark = pytest.mark.django_db
SECOND = datetime.timedelta(seconds=1)
WHY = "该生是第三作者，见附件。"
ANSWER = "经核实，作者次序与申报不符。"


@pytest.fixture
def office():
    return whu_staff(Role.OFFICE)


@pytest.fixture
def row(office):
    return make_list(3, office=office)


def decide(objection, office, verb="reject", answer=ANSWER, **facts):
    objection.refresh_from_db()
    return decide_objection(objection, office, Decision(verb, answer, **facts), revision=objection.revision)


def team_list(office):
    """Publish a team of three beside a paper of somebody else's."""
    mates = [(2, whu_student("队友甲")), (3, whu_student("队友乙"))]
    whu_claim("publicity", student=whu_student("独行"), office=office)
    whu_claim(
        "publicity",
        student=whu_student("牵头人"),
        facts=together(3, doi="10.1/team"),
        mates=mates,
        office=office,
        score="8",
    )
    return publish(make_draft(office=office), office)


def at(row, name):
    return row.entries.get(name=name)


def events(verb):
    return Event.objects.filter(subject_kind="objection", verb=verb).count()


def test_an_objection_holds_its_line_only_and_is_numbered(row, office):
    objection = make_objection(row, position=2)
    assert states(row) == [EntryState.LISTED, EntryState.HELD, EntryState.LISTED]
    assert objection.number == f"YY{row.pk:05d}-0001"
    assert objection.state == ObjectionState.OPEN
    assert make_objection(row, position=3).number == f"YY{row.pk:05d}-0002"
    assert events("object") == 2


def test_an_objection_holds_the_whole_team_and_nobody_else(office):
    row = team_list(office)
    make_objection(row, position=at(row, "队友甲").position)
    held = set(row.entries.filter(state=EntryState.HELD).values_list("name", flat=True))
    assert held == {"牵头人", "队友甲", "队友乙"}
    assert at(row, "独行").state == EntryState.LISTED


def test_the_student_learns_of_the_objection_but_not_whose_it_is(row, office):
    objector = whu_student("不可说", number="2022302119999").person
    Notice.objects.all().delete()
    make_objection(row, objector, position=1)
    student = row.entries.get(position=1).claim.student.person
    told = Notice.objects.get(person=student)
    assert "异议" in told.title
    for text in (told.title, told.text, told.path):
        assert "不可说" not in text
        assert "2022302119999" not in text
        assert WHY not in text
    other = row.entries.get(position=2).claim.student.person
    assert not Notice.objects.filter(person=other).exists()
    assert Notice.objects.filter(person=office).count() == 1


def test_the_first_moment_of_the_period_is_in_time_and_the_last_one_is_too_late(row):
    entry, person = row.entries.get(position=1), whu_student().person
    for moment in (row.opens_at - SECOND, row.closes_at, row.closes_at + SECOND):
        with pytest.raises(NotAllowed):
            object_to(entry, person, reason=WHY, at=moment)
    assert not Objection.objects.exists()
    assert object_to(entry, person, reason=WHY, at=row.opens_at)
    assert object_to(row.entries.get(position=2), person, reason=WHY, at=row.closes_at - SECOND)


@pytest.mark.parametrize("state", ["draft", "withdrawn", "noticed"])
def test_a_list_that_is_not_published_takes_no_objection(row, state):
    type(row).objects.filter(pk=row.pk).update(state=state)
    with pytest.raises(NotAllowed):
        make_objection(row)
    assert not Objection.objects.exists()


def test_an_objection_needs_a_reason_and_a_person_objects_once(row):
    person = whu_student().person
    with pytest.raises(ValidationError) as refused:
        make_objection(row, person, reason="  ")
    assert "reason" in refused.value.message_dict
    make_objection(row, person)
    with pytest.raises(ValidationError) as refused:
        make_objection(row, person)
    assert "reason" in refused.value.message_dict
    make_objection(row, whu_student().person)
    assert Objection.objects.count() == 2


def test_files_are_kept_with_the_ticket_and_a_bad_one_refuses_all(row, office):
    objection = make_objection(row, uploads=[jpeg("one.jpg"), png("two.png")])
    assert [kept.file.name for kept in objection.files.all()] == ["one.jpg", "two.png"]
    files = StoredFile.objects.count()
    bad = jpeg("bad.jpg")
    bad.seek(0)
    bad.file.write(b"MZ this is no picture")
    bad.seek(0)
    with pytest.raises(FileRefused):
        make_objection(row, position=2, uploads=[jpeg("good.jpg"), bad])
    assert (Objection.objects.count(), ObjectionFile.objects.count(), StoredFile.objects.count()) == (1, 2, files)
    assert states(row) == ["held", "listed", "listed"]
    most = objection.entry.claim.scheme_version.data.limits.files_per_claim
    with pytest.raises(ValidationError) as refused:
        make_objection(row, position=2, uploads=[png(f"{n}.png") for n in range(most + 1)])
    assert "files" in refused.value.message_dict


def test_a_rejected_objection_lets_the_line_go_on(row, office):
    objection = make_objection(row)
    Notice.objects.all().delete()
    decide(objection, office)
    objection.refresh_from_db()
    assert (objection.state, objection.answer, objection.handled_by) == (ObjectionState.REJECTED, ANSWER, office)
    assert states(row) == ["listed"] * 3
    assert events("reject") == 1
    student = row.entries.get(position=1).claim.student.person
    assert set(Notice.objects.values_list("person", flat=True)) == {student.pk, objection.person_id}


def test_a_struck_result_is_refused_and_its_line_removed(row, office):
    objection = make_objection(row, position=2)
    claim = row.entries.get(position=2).claim
    decide(objection, office, "strike")
    claim.refresh_from_db()
    assert claim.status == Status.REFUSED
    assert states(row) == ["listed", "removed", "listed"]
    assert ClaimEvent.objects.filter(subject=claim, verb="strike").count() == 1
    assert events("strike") == 1
    objection.refresh_from_db()
    assert objection.state == ObjectionState.UPHELD
    assert Notice.objects.filter(person=claim.student.person, text__contains=ANSWER).exists()


def test_a_corrected_result_waits_for_a_later_list_with_its_new_score(row, office):
    objection = make_objection(row)
    decide(objection, office, "correct", score=Decimal(7))
    claim = row.entries.get(position=1).claim
    assert (claim.status, claim.recognised_points) == (Status.PUBLICITY, Decimal("7.00"))
    assert states(row) == ["corrected", "listed", "listed"]
    waits = preview(make_draft(office=office))
    assert [(line.name, line.score) for line in waits.lines] == [("林一鸣", "7.0")]


@pytest.mark.parametrize(
    ("verb", "facts", "field"),
    [
        ("correct", {"score": Decimal(9)}, "score"),  # the table leaves 6 to 8
        ("correct", {}, "score"),
        ("forget", {}, "verb"),
        ("reject", {"answer": " "}, "reason"),
    ],
)
def test_what_the_rules_do_not_allow_changes_nothing(row, office, verb, facts, field):
    objection = make_objection(row)
    with pytest.raises(ValidationError) as refused:
        decide(objection, office, verb, **facts)
    assert field in refused.value.message_dict
    objection.refresh_from_db()
    assert (objection.state, states(row)[0]) == (ObjectionState.OPEN, "held")
    assert Event.objects.filter(subject_kind="objection").count() == 1


def test_a_strike_of_the_lead_takes_the_team_and_answers_every_objection_to_it(office):
    row = team_list(office)
    first = make_objection(row, position=at(row, "牵头人").position)
    second = make_objection(row, whu_student().person, position=at(row, "队友乙").position)
    decide(first, office, "strike")
    assert set(row.entries.filter(state="removed").values_list("name", flat=True)) == {"牵头人", "队友甲", "队友乙"}
    second.refresh_from_db()
    assert (second.state, second.answer) == (ObjectionState.UPHELD, ANSWER)
    assert at(row, "独行").state == "listed"
    assert events("strike") == 1


def test_a_mate_can_be_struck_alone_and_the_team_goes_on(office):
    row = team_list(office)
    objection = make_objection(row, position=at(row, "队友乙").position)
    decide(objection, office, "strike", together=False)
    assert at(row, "队友乙").state == "removed"
    assert (at(row, "牵头人").state, at(row, "队友甲").state) == ("listed", "listed")


@pytest.mark.parametrize(("verb", "facts"), [("strike", {}), ("correct", {"score": Decimal(7)})])
def test_a_mate_whose_lead_has_left_publicity_is_decided_alone(office, verb, facts):
    row = team_list(office)
    objection = make_objection(row, position=at(row, "队友乙").position)
    sanctioned(at(row, "牵头人").claim, office=office)

    with pytest.raises(ValidationError) as refused:
        decide(objection, office, verb, **facts)

    assert "牵头人的结果已是“已撤销”" in refused.value.message_dict["verb"][0]
    objection.refresh_from_db()
    assert objection.state == ObjectionState.OPEN
    decide(objection, office, "strike", together=False)
    assert (at(row, "队友乙").state, at(row, "队友甲").state) == ("removed", "listed")


def test_a_line_goes_on_only_when_no_objection_to_it_is_open(row, office):
    first, second = make_objection(row), make_objection(row, whu_student().person)
    decide(first, office)
    assert states(row)[0] == "held"
    decide(second, office)
    assert states(row)[0] == "listed"


def test_an_objector_takes_an_own_objection_back(row, office):
    objection = make_objection(row)
    with pytest.raises(NotAllowed):
        take_back(objection, whu_student().person, revision=0)
    take_back(objection, objection.person, revision=0)
    objection.refresh_from_db()
    assert (objection.state, states(row)[0]) == (ObjectionState.WITHDRAWN, "listed")
    assert events("take_back") == 1
    with pytest.raises(StaleRecord):
        decide(objection, office)


def test_the_second_of_two_handlers_is_told_and_changes_nothing(row, office):
    objection = make_objection(row)
    stale = Objection.objects.get(pk=objection.pk)
    decide(objection, office)
    with pytest.raises(StaleRecord) as told:
        decide_objection(stale, whu_staff(Role.OFFICE), Decision("strike", ANSWER), revision=0)
    assert (told.value.kind, told.value.key) == ("objection", str(objection.pk))
    assert row.entries.get(position=1).claim.status == Status.PUBLICITY


def test_after_the_notice_a_line_that_stands_goes_into_a_later_list(row, office):
    objection = make_objection(row)
    end_period(row)
    issue(row, office)
    run_jobs()
    assert states(row) == ["held", "effective", "effective"]
    decide(objection, office)
    assert states(row)[0] == "carried"
    assert [line.name for line in preview(make_draft(office=office)).lines] == ["林一鸣"]


def test_an_objection_to_a_withdrawn_list_is_still_decided(row, office):
    objection = make_objection(row)
    withdraw_list(row, office, reason="有误。", revision=row.revision)
    assert preview(make_draft(office=office)).subjects[0].pk != objection.entry.claim_id
    decide(objection, office)
    assert states(row) == ["carried"] * 3
    assert len(preview(make_draft(office=office)).lines) == 3


def test_a_result_that_was_cancelled_meanwhile_can_only_be_answered(row, office):
    objection = make_objection(row)
    claim = row.entries.get(position=1).claim
    type(claim).objects.filter(pk=claim.pk).update(status=Status.REVOKED)
    with pytest.raises(ValidationError) as refused:
        decide(objection, office, "strike")
    assert "verb" in refused.value.message_dict
    decide(objection, office)
    assert states(row)[0] == "removed"


def test_nobody_but_the_schemes_office_decides_and_nobody_on_an_own_matter(row, office):
    objection = make_objection(row)
    roles = [Role.SECRETARY, Role.EXPERT, Role.COMMITTEE, Role.AUDITOR, Role.ADMINISTRATOR]
    others = [whu_staff(role) for role in roles] + [make_staff(Role.OFFICE, scheme="bit"), objection.person]
    for person in others:
        with pytest.raises(NotAllowed):
            decide_objection(objection, fresh(person), Decision("reject", ANSWER), revision=0)
    own = make_objection(row, office, position=2)
    with pytest.raises(NotAllowed):
        decide(own, office)
    decide(own, whu_staff(Role.OFFICE))
    objection.refresh_from_db()
    assert objection.state == ObjectionState.OPEN


def test_whose_objection_it_is_is_seen_by_the_objector_and_the_office_alone(row, office):
    objection = make_objection(row)
    student = row.entries.get(position=1).claim.student.person
    seers = [objection.person, office]
    blind = [
        student,
        whu_student().person,
        whu_staff(Role.AUDITOR),
        whu_staff(Role.COMMITTEE),
        whu_staff(Role.SECRETARY),
    ]
    assert all(Objection.objects.visible_to(fresh(person)).exists() for person in seers)
    assert not any(Objection.objects.visible_to(fresh(person)).exists() for person in blind)
    assert not Objection.objects.visible_to(make_staff(Role.OFFICE, scheme="bit")).exists()


def test_the_moment_of_arrival_decides_not_the_end_of_the_upload(row):
    closes = timezone.now() - SECOND
    type(row).objects.filter(pk=row.pk).update(opens_at=closes - datetime.timedelta(days=7), closes_at=closes)
    entry, person = row.entries.get(position=1), whu_student().person
    with pytest.raises(NotAllowed):
        object_to(entry, person, reason=WHY)
    assert object_to(entry, person, reason=WHY, at=closes - SECOND)
