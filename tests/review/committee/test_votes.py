"""Votes and recusals: who may, what counts, what the office enters for a member, what the portal knows itself."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from credits.services.claims import withdraw_claim
from portal.enums import Role
from portal.models import Appointment, Event
from portal.workflow import NotAllowed
from review.committee.bench import bench_of
from review.committee.rules import can_vote
from review.models import AgendaItem, Conflict, Vote
from review.services.meetings import MeetingMoved, note_presence
from review.services.sitting import Decision, cast_vote, decide_item, recuse
from tests.builders import fresh, make_college
from tests.whu import COLLEGE


def bench(sit):
    return bench_of(AgendaItem.objects.with_claims().get(pk=sit.item.pk))


def last_event():
    return Event.objects.filter(subject_kind="meeting").order_by("-pk").first()


def test_a_present_member_votes_once_and_may_change_it_until_the_decision(house):
    sit = house.sitting()
    cast_vote(sit.item, house.members[0], "for")
    cast_vote(sit.item, house.members[0], "against")
    vote = Vote.objects.get()
    assert (vote.ballot, vote.recorded_by) == ("against", house.members[0])
    event = last_event()
    assert (event.verb, event.actor_role, event.before["ballot"], event.after["ballot"]) == (
        "vote",
        Role.COMMITTEE,
        "for",
        "against",
    )
    assert bench(sit).tally.against == 1


@pytest.mark.parametrize("who", ["uncalled", "auditor", "stranger", "office", "absent"])
def test_nobody_else_votes(house, who):
    sit = house.sitting(present=house.members[:2])
    actor = house.members[2] if who == "absent" else getattr(house, who)
    for verb in (
        lambda: cast_vote(sit.item, actor, "for"),
        lambda: recuse(sit.item, actor, "有关系"),
    ):
        with pytest.raises(NotAllowed):
            verb()
    assert not Vote.objects.exists()


def test_the_office_enters_a_present_members_vote_and_says_so(house):
    sit = house.sitting(present=house.members[:2])
    cast_vote(sit.item, house.office, "for", member=house.members[1])
    vote = Vote.objects.get()
    assert (vote.person, vote.recorded_by, vote.ballot) == (house.members[1], house.office, "for")
    assert last_event().actor_role == Role.OFFICE
    assert bench(sit).seat_of(house.members[1].pk).by_office
    with pytest.raises(NotAllowed):
        cast_vote(sit.item, house.office, "for", member=house.members[2])
    with pytest.raises(NotAllowed):
        cast_vote(sit.item, house.members[0], "for", member=house.members[1])


@pytest.mark.parametrize("ballot", ["", "yes", "recused"])
def test_a_vote_is_for_against_or_an_abstention(house, ballot):
    sit = house.sitting()
    with pytest.raises(ValidationError):
        cast_vote(sit.item, house.members[0], ballot)
    assert not Vote.objects.exists()


def test_a_recusal_needs_its_reason_takes_the_vote_back_and_stays(house):
    sit = house.sitting()
    cast_vote(sit.item, house.members[0], "for")
    with pytest.raises(ValidationError):
        recuse(sit.item, house.members[0], " ")
    recuse(sit.item, house.members[0], "申报人是我的研究生")
    vote = Vote.objects.get()
    assert (vote.recused, vote.ballot, vote.reason) == (True, "", "申报人是我的研究生")
    with pytest.raises(NotAllowed, match="已回避"):
        cast_vote(sit.item, house.members[0], "for")
    with pytest.raises(NotAllowed, match="已回避"):
        cast_vote(sit.item, house.office, "for", member=house.members[0])
    found = bench(sit).tally
    assert (found.agree, found.recused, found.voting) == (0, 1, 2)


def college_of(house, member):
    """Let a member be at home in the student's college."""
    Appointment.objects.filter(person=member).update(college=make_college(*COLLEGE))


def secretary_of(house, member):
    Appointment.objects.create(
        person=member, role=Role.SECRETARY, college=make_college(*COLLEGE), starts_on=timezone.localdate()
    )


def declared_by(house, member):
    student = AgendaItem.objects.get().claim.student
    Conflict.objects.create(
        scheme=house.scheme, person=member, student=student, reason="亲属", declared_by=house.office
    )


@pytest.mark.parametrize(
    ("tie", "reason"),
    [(college_of, "所在学院"), (secretary_of, "所在学院"), (declared_by, "已申明利益关系")],
)
def test_a_known_conflict_keeps_a_member_out_without_being_told(house, tie, reason):
    sit = house.sitting()
    member = house.members[0]
    tie(house, member)
    seat = bench(sit).seat_of(member.pk)
    assert seat.recused
    assert reason in seat.reason
    with pytest.raises(NotAllowed):
        cast_vote(sit.item, fresh(member), "for")
    for other in house.members[1:]:
        cast_vote(sit.item, other, "for")
    assert bench(sit).tally.recused == 1
    decide_item(sit.item, house.office, Decision("confirmed"), revision=None)
    kept = Vote.objects.get(person=member)
    assert (kept.recused, kept.ballot) == (True, "")
    assert reason in kept.reason
    assert kept.recorded_by == house.office


def test_a_vote_cast_before_a_conflict_was_known_does_not_count(house):
    sit = house.sitting()
    cast_vote(sit.item, house.members[0], "for")
    declared_by(house, house.members[0])
    assert bench(sit).tally.agree == 0
    cast_vote(sit.item, house.members[1], "for")
    decide_item(sit.item, house.office, Decision("confirmed"), revision=None)
    assert Vote.objects.get(person=house.members[0]).recused


def test_another_members_student_is_no_conflict(house):
    sit = house.sitting()
    Appointment.objects.filter(person=house.members[0]).update(college=make_college("law", "法学院"))
    assert not bench(sit).recused


def test_nobody_votes_before_the_meeting_begins_or_after_the_decision(house):
    claim = house.claim()
    meeting = house.meeting(claim, opens=False)
    item = meeting.items.get()
    with pytest.raises(MeetingMoved):
        cast_vote(item, house.members[0], "for")
    there = [person.pk for person in house.members]
    note_presence(meeting, house.office, present=there, chair=there[0], revision=meeting.revision)
    cast_vote(item, house.members[0], "for")
    decide_item(item, house.office, Decision("confirmed"), revision=None)
    with pytest.raises(MeetingMoved, match="已有结果"):
        cast_vote(item, house.members[1], "against")
    with pytest.raises(MeetingMoved, match="已有结果"):
        recuse(item, house.members[1], "晚了")


def test_a_member_whose_term_ended_meanwhile_does_not_vote(house):
    sit = house.sitting()
    Appointment.objects.filter(person=house.members[0]).update(role=Role.AUDITOR)
    with pytest.raises(NotAllowed):
        cast_vote(sit.item, fresh(house.members[0]), "for")


def test_nobody_votes_on_what_was_withdrawn(house):
    sit = house.sitting()
    withdraw_claim(sit.claim, fresh(sit.claim.student.person), revision=None)
    assert not can_vote(house.members[0], bench(sit))
    with pytest.raises(NotAllowed, match="已不在委员会审定环节"):
        cast_vote(sit.item, house.members[0], "for")


@pytest.mark.parametrize(
    "facts",
    [
        {"recused": True, "ballot": "for", "reason": "两样都有"},
        {"recused": True, "ballot": "", "reason": ""},
        {"recused": False, "ballot": "", "reason": ""},
    ],
)
def test_the_database_knows_no_half_recusal(house, facts):
    sit = house.sitting()
    row = {"item": sit.item, "person": house.members[0], "cast_at": timezone.now(), "recorded_by": house.office}
    with pytest.raises(IntegrityError), transaction.atomic():
        Vote.objects.create(**row, **facts)
