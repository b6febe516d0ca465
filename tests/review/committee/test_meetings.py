"""A meeting from its call to its end: who may, who is told, what stands on the agenda; closing is for good."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from credits.services.claims import withdraw_claim
from portal.enums import Role
from portal.models import Appointment, Event, Notice
from portal.workflow import NotAllowed
from review.committee.minutes import is_intact
from review.committee.queries import terms_of, waiting_claims
from review.models import AgendaItem, ItemOutcome, MeetingState, Vote
from review.services.meetings import (
    MeetingMoved,
    add_items,
    change_meeting,
    close_meeting,
    note_presence,
    order_items,
    plan_meeting,
    remove_item,
)
from review.services.sitting import cast_vote
from tests.builders import fresh, get_version, make_claim, make_round
from tests.experts import make_scored_claim, scoring_claim
from tests.whu import whu_student


def verbs(meeting):
    """Return the verbs that the trail has of the meeting."""
    return list(
        Event.objects.filter(subject_kind="meeting", subject_key=str(meeting.pk)).values_list("verb", flat=True)
    )


def test_a_meeting_calls_its_members_and_tells_them(house):
    meeting = house.meeting(opens=False)
    called = list(meeting.attendances.select_related("person"))
    assert [row.person for row in called] == house.members
    assert [row.chairs for row in called] == [True, False, False]
    assert verbs(meeting) == ["create"]
    told = Notice.objects.filter(title__contains="第一次会议")
    assert {notice.person_id for notice in told} == {person.pk for person in house.members}
    assert all("行政楼 301" in notice.text for notice in told)


@pytest.mark.parametrize("who", ["members", "auditor", "stranger"])
def test_only_the_schemes_office_calls_a_meeting(house, who):
    actor = house.members[0] if who == "members" else getattr(house, who)
    with pytest.raises(NotAllowed):
        plan_meeting(house.scheme, actor, house.plan())
    assert Event.objects.filter(subject_kind="meeting").count() == 0


@pytest.mark.parametrize(
    ("field", "facts"),
    [
        ("title", {"title": " "}),
        ("members", {"members": []}),
        ("chair", {"chair": "uncalled"}),
        ("members", {"members": "foreign"}),
        ("round", {"round": "foreign"}),
    ],
)
def test_a_plan_that_cannot_be_is_refused_beside_its_field(house, field, facts):
    if facts.get("chair"):
        facts = {"chair": house.uncalled}
    if facts.get("members") == "foreign":
        facts = {"members": [house.office]}
    if facts.get("members") == []:
        facts = {"members": [], "chair": house.members[0]}
    if facts.get("round"):
        facts = {"round": make_round(get_version("bit"))}
    with pytest.raises(ValidationError) as refused:
        plan_meeting(house.scheme, house.office, house.plan(**facts))
    assert list(refused.value.message_dict) == [field]


def test_a_member_whose_term_has_ended_by_then_is_not_called(house):
    last = timezone.localdate() + datetime.timedelta(days=3)
    Appointment.objects.filter(person=house.members[2]).update(ends_on=last)
    house.meeting(opens=False)
    later = timezone.now() + datetime.timedelta(days=4)
    with pytest.raises(ValidationError, match="会议当日在任"):
        plan_meeting(house.scheme, house.office, house.plan(held_at=later))


def test_the_list_of_members_keeps_ended_terms_and_counts_what_they_attended(house):
    gone = house.uncalled
    Appointment.objects.filter(person=gone).update(ends_on=timezone.localdate() - datetime.timedelta(days=1))
    meeting = house.meeting(present=house.members[:2])
    close_meeting(meeting, house.office, words="", revision=meeting.revision)
    terms = {term.appointment.person: term for term in terms_of(house.scheme)}
    assert [terms[person].state for person in (*house.members, gone)] == ["in_force"] * 3 + ["ended"]
    assert [(terms[person].called, terms[person].came) for person in house.members] == [(1, 1), (1, 1), (1, 0)]
    assert terms_of(house.scheme)[-1].appointment.person == gone


def test_moving_a_meeting_tells_everybody_and_calling_one_more_tells_that_one(house):
    meeting = house.meeting(opens=False)
    Notice.objects.all().delete()
    plan = house.plan(members=[*house.members, house.uncalled], held_at=meeting.held_at)
    change_meeting(meeting, house.office, plan, revision=meeting.revision)
    assert [notice.person for notice in Notice.objects.all()] == [house.uncalled]
    meeting.refresh_from_db()
    moved = house.plan(members=house.members, place="图书馆", held_at=meeting.held_at)
    change_meeting(meeting, house.office, moved, revision=meeting.revision)
    assert Notice.objects.filter(title__contains="会议安排").count() == 4
    assert meeting.attendances.count() == 3
    assert verbs(meeting) == ["create", "change", "change"]


def test_a_change_on_an_old_page_comes_too_late(house):
    meeting = house.meeting(opens=False)
    change_meeting(meeting, house.office, house.plan(title="改名"), revision=meeting.revision)
    with pytest.raises(MeetingMoved):
        change_meeting(meeting, house.office, house.plan(title="再改"), revision=meeting.revision)
    meeting.refresh_from_db()
    assert meeting.title == "改名"


def test_what_waits_is_what_stands_in_a_stage_that_confirms_and_on_no_other_agenda(house):
    mine, other = house.claim(), house.claim()
    scoring_claim(round_=house.round)
    make_claim("in_review", stage="office")
    assert set(waiting_claims(house.scheme)) == {mine, other}
    meeting = house.meeting(mine, opens=False)
    assert set(waiting_claims(house.scheme)) == {other}
    assert set(waiting_claims(house.scheme, but=meeting)) == {other}


def test_the_agenda_takes_all_or_none_and_names_what_does_not_wait(house):
    good, withdrawn = house.claim(), house.claim()
    student = fresh(withdrawn.student.person)
    withdraw_claim(withdrawn, student, revision=None)
    meeting = house.meeting(opens=False)
    with pytest.raises(ValidationError, match=withdrawn.student.person.name):
        add_items(meeting, house.office, [good, withdrawn])
    assert meeting.items.count() == 0
    assert add_items(meeting, house.office, [good]) == 1
    second = house.meeting(opens=False)
    with pytest.raises(ValidationError, match="已列入其他会议"):
        add_items(second, house.office, [good])
    assert verbs(meeting) == ["create", "add_items"]


def test_items_are_put_in_order_and_taken_off_while_nobody_has_voted(house):
    claims = [house.claim() for _number in range(3)]
    meeting = house.meeting(*claims)
    first, second, third = meeting.items.order_by("position")
    order_items(meeting, house.office, {third.pk: 0, first.pk: 9})
    assert [item.pk for item in meeting.items.order_by("position")] == [third.pk, second.pk, first.pk]
    assert list(meeting.items.order_by("position").values_list("position", flat=True)) == [1, 2, 3]
    cast_vote(second, house.members[0], "for")
    with pytest.raises(MeetingMoved):
        remove_item(second, house.office)
    remove_item(third, house.office)
    assert meeting.items.count() == 2
    with pytest.raises(NotAllowed):
        remove_item(first, house.members[0])


@pytest.mark.parametrize("kind", ["foreign", "gone"])
def test_one_item_that_is_not_on_the_agenda_stops_the_whole_order_and_is_named(house, kind):
    meeting = house.meeting(*[house.claim() for _number in range(2)])
    first, second = meeting.items.order_by("position")
    bad = house.meeting(house.claim()).items.get() if kind == "foreign" else second
    if kind == "gone":
        remove_item(AgendaItem.objects.get(pk=second.pk), house.office)
    before = list(AgendaItem.objects.order_by("pk").values()), verbs(meeting)
    with pytest.raises(MeetingMoved, match=str(bad.pk)):
        order_items(meeting, house.office, {first.pk: 2, bad.pk: 1})
    assert (list(AgendaItem.objects.order_by("pk").values()), verbs(meeting)) == before


def test_a_chair_who_is_not_there_cannot_chair(house):
    meeting = house.meeting(opens=False)
    with pytest.raises(ValidationError) as refused:
        note_presence(
            meeting, house.office, present=[house.members[1].pk], chair=house.members[0].pk, revision=meeting.revision
        )
    assert list(refused.value.message_dict) == ["chair"]
    with pytest.raises(ValidationError) as refused:
        note_presence(
            meeting, house.office, present=[house.uncalled.pk], chair=house.uncalled.pk, revision=meeting.revision
        )
    assert list(refused.value.message_dict) == ["present"]
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.PLANNED


def test_who_leaves_takes_the_votes_on_open_items_along(house):
    sit = house.sitting()
    for person in house.members:
        cast_vote(sit.item, person, "for")
    there = [person.pk for person in house.members[:2]]
    sit.meeting.refresh_from_db()
    note_presence(sit.meeting, house.office, present=there, chair=there[0], revision=sit.meeting.revision)
    assert set(Vote.objects.values_list("person_id", flat=True)) == set(there)
    assert verbs(sit.meeting)[-1] == "attend"


def test_closing_defers_what_is_open_and_freezes_the_minutes(house):
    sit = house.sitting()
    meeting = close_meeting(sit.meeting, house.office, words="材料齐全。", revision=sit.meeting.revision)
    sit.item.refresh_from_db()
    assert (sit.item.outcome, sit.item.reason) == (ItemOutcome.DEFERRED, "会议结束时未审议。")
    assert meeting.state == MeetingState.CLOSED
    assert is_intact(meeting)
    assert meeting.minutes["note"] == "材料齐全。"
    assert verbs(meeting)[-1] == "close"


def test_a_closed_meeting_never_opens_again(house):
    sit = house.sitting()
    revision = sit.meeting.revision
    close_meeting(sit.meeting, house.office, words="", revision=revision)
    there = [person.pk for person in house.members]
    late = [
        lambda: note_presence(sit.meeting, house.office, present=there, chair=there[0], revision=revision + 1),
        lambda: close_meeting(sit.meeting, house.office, words="再来", revision=revision + 1),
        lambda: change_meeting(sit.meeting, house.office, house.plan(), revision=revision + 1),
        lambda: cast_vote(sit.item, house.members[0], "for"),
    ]
    for verb in late:
        with pytest.raises(MeetingMoved):
            verb()
    sit.meeting.refresh_from_db()
    with pytest.raises(NotAllowed):
        add_items(sit.meeting, house.office, [house.claim()])


def test_a_deferred_claim_waits_for_the_next_meeting_and_not_for_the_same(house):
    sit = house.sitting()
    close_meeting(sit.meeting, house.office, words="", revision=sit.meeting.revision)
    assert list(waiting_claims(house.scheme)) == [sit.claim]
    assert list(waiting_claims(house.scheme, but=sit.meeting)) == []
    assert house.meeting(sit.claim).items.get().claim == sit.claim
    assert AgendaItem.objects.filter(claim=sit.claim).count() == 2


def test_a_mates_claim_is_never_on_an_agenda(house):
    lead = make_scored_claim("2", "2.5", "3", round_=house.round, student=whu_student("牵头人"))
    lead.follows_lead = True
    lead.save()
    assert list(waiting_claims(house.scheme)) == []


def test_who_was_appointed_for_every_scheme_is_a_member_of_each(house):
    general = house.uncalled
    Appointment.objects.filter(person=general).update(scheme_code="")
    assert general in [term.appointment.person for term in terms_of(get_version("bit").scheme)]
    assert {term.appointment.role for term in terms_of(house.scheme)} == {Role.COMMITTEE}
