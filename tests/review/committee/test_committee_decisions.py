"""The committee's decisions: what they need, what they do to the claim, and who was faster."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from credits.models import ClaimEvent, LedgerEntry
from credits.rules import can_review
from credits.services.claims import submit_claim, withdraw_claim
from credits.services.judging import confirm_claim
from portal.enums import Role, Status
from portal.models import Event, Notice
from portal.workflow import NotAllowed, StaleSubject
from review.committee.rules import can_enter
from review.models import ItemOutcome, Vote
from review.services.meetings import MeetingMoved, note_presence
from review.services.sitting import Decision, cast_vote, decide_item
from tests.builders import fresh, make_staff

CONFIRM, REFUSE = ItemOutcome.CONFIRMED, ItemOutcome.REFUSED
RETURN, DEFER = ItemOutcome.RETURNED, ItemOutcome.DEFERRED


def vote(sit, house, *ballots):
    for person, ballot in zip(house.members, ballots, strict=False):
        cast_vote(sit.item, person, ballot)


def decide(sit, actor, outcome, *, revision=None, **facts):
    return decide_item(sit.item, actor, Decision(outcome, **facts), revision=revision)


def state(sit):
    sit.claim.refresh_from_db()
    sit.item.refresh_from_db()
    return sit.claim.status, sit.item.outcome, sit.item.score


def trail(sit):
    return ClaimEvent.objects.filter(subject=sit.claim).order_by("-pk")


def untouched(sit):
    """Whether neither the claim nor the item has moved."""
    return state(sit) == (Status.IN_REVIEW, ItemOutcome.PENDING, None)


def test_the_experts_median_stands_and_goes_into_publicity(house):
    sit = house.sitting("2", "2.5", "3")
    vote(sit, house, "for", "for", "abstain")
    events, notices = trail(sit).count(), Notice.objects.count()
    decide(sit, house.office, CONFIRM, revision=sit.claim.revision)
    assert state(sit) == (Status.PUBLICITY, CONFIRM, Decimal("2.50"))
    assert sit.claim.recognised_points == Decimal("2.50")
    event = trail(sit)[0]
    assert (trail(sit).count(), Notice.objects.count()) == (events + 1, notices + 1)
    assert (event.verb, event.actor, event.actor_role) == ("confirm", house.office, Role.COMMITTEE)
    assert not LedgerEntry.objects.exists()
    assert sit.item.decided_at is not None


def test_another_score_in_the_range_needs_its_reason(house):
    sit = house.sitting()
    vote(sit, house, "for", "for", "for")
    with pytest.raises(ValidationError) as refused:
        decide(sit, house.office, CONFIRM, score=Decimal(3))
    assert list(refused.value.message_dict) == ["reason"]
    assert untouched(sit)
    decide(sit, house.office, CONFIRM, score=Decimal(3), reason="创新程度较高")
    assert state(sit) == (Status.PUBLICITY, CONFIRM, Decimal(3))
    assert sit.claim.recognised_reason == "创新程度较高"


@pytest.mark.parametrize("score", ["4.01", "0.99", "0", "9999"])
def test_a_score_outside_the_range_is_refused(house, score):
    sit = house.sitting()
    vote(sit, house, "for", "for", "for")
    with pytest.raises(ValidationError) as refused:
        decide(sit, house.office, CONFIRM, score=Decimal(score), reason="特别优秀")
    assert list(refused.value.message_dict) == ["score"]
    assert untouched(sit)


def test_beyond_the_range_the_committee_decides_with_its_reason(house):
    sit = house.sitting()
    vote(sit, house, "for", "for", "for")
    with pytest.raises(ValidationError) as refused:
        decide(sit, house.office, CONFIRM, score=Decimal(6), beyond=True)
    assert list(refused.value.message_dict) == ["reason"]
    decide(sit, house.office, CONFIRM, score=Decimal(6), beyond=True, reason="国际领先")
    assert state(sit) == (Status.PUBLICITY, CONFIRM, Decimal(6))
    assert sit.item.beyond
    assert sit.claim.facts["beyond_range"] == "true"


@pytest.mark.parametrize(
    ("ballots", "outcome"),
    [
        (("for", "against", "abstain"), CONFIRM),
        (("for", "against", "abstain"), REFUSE),
        (("against", "against", "for"), CONFIRM),
        (("for", "for", "against"), REFUSE),
        ((), CONFIRM),
        ((), REFUSE),
        (("abstain", "abstain", "abstain"), CONFIRM),
    ],
)
def test_a_decision_that_the_votes_do_not_carry_is_refused_with_the_sentence(house, ballots, outcome):
    sit = house.sitting()
    vote(sit, house, *ballots)
    with pytest.raises(ValidationError) as refused:
        decide(sit, house.office, outcome, reason="理由")
    assert list(refused.value.message_dict) == ["verb"]
    assert untouched(sit)


@pytest.mark.parametrize("outcome", [CONFIRM, REFUSE, RETURN])
def test_without_a_quorum_nothing_but_a_deferral_is_decided(house, outcome):
    sit = house.sitting(present=house.members[:1])
    cast_vote(sit.item, house.members[0], "against" if outcome == REFUSE else "for")
    with pytest.raises(ValidationError, match="须有 2 人出席"):
        decide(sit, house.office, outcome, reason="理由")
    assert untouched(sit)
    decide(sit, house.office, DEFER, reason="人数不足")
    assert state(sit)[:2] == (Status.IN_REVIEW, DEFER)


def test_the_recused_are_not_counted_and_one_vote_decides_what_they_leave(house):
    sit = house.sitting()
    cast_vote(sit.item, house.members[0], "for")
    for person in house.members[1:]:
        Vote.objects.create(
            item=sit.item,
            person=person,
            recused=True,
            reason="师生",
            cast_at=sit.meeting.created_at,
            recorded_by=person,
        )
    decide(sit, house.office, CONFIRM)
    assert state(sit)[1] == CONFIRM


def test_a_refusal_is_carried_by_more_votes_against(house):
    sit = house.sitting()
    vote(sit, house, "against", "against", "for")
    with pytest.raises(ValidationError):
        decide(sit, house.office, REFUSE)
    decide(sit, house.office, REFUSE, reason="不属于认定范围")
    assert state(sit)[:2] == (Status.REFUSED, REFUSE)
    assert (trail(sit)[0].verb, trail(sit)[0].actor_role) == ("refuse", Role.COMMITTEE)
    assert sit.item.reason == "不属于认定范围"


def test_a_return_leads_back_to_the_student_and_frees_the_claim_for_another_agenda(house):
    sit = house.sitting()
    decide(sit, house.office, RETURN, reason="请补充检索证明")
    assert state(sit)[:2] == (Status.RETURNED, RETURN)
    assert trail(sit)[0].actor_role == Role.COMMITTEE
    submit_claim(sit.claim, fresh(sit.claim.student.person), revision=sit.claim.revision)
    assert sit.claim.stage == "college"


def test_a_deferral_leaves_the_claim_alone_and_one_event_on_the_meeting(house):
    sit = house.sitting()
    events, claims = Event.objects.count(), trail(sit).count()
    with pytest.raises(ValidationError):
        decide(sit, house.office, DEFER)
    decide(sit, house.office, DEFER, reason="等学院补充说明")
    assert state(sit)[:2] == (Status.IN_REVIEW, DEFER)
    assert (Event.objects.count(), trail(sit).count()) == (events + 1, claims)
    assert Event.objects.order_by("-pk")[0].verb == "defer"


@pytest.mark.parametrize("outcome", [CONFIRM, REFUSE, RETURN])
def test_a_decision_leaves_one_event_in_all(house, outcome):
    sit = house.sitting()
    vote(sit, house, *(["against"] if outcome == REFUSE else ["for"]) * 3)
    events, claims = Event.objects.count(), trail(sit).count()
    decide(sit, house.office, outcome, reason="理由")
    assert (Event.objects.count(), trail(sit).count()) == (events, claims + 1)


def actors(house):
    return {
        "member": house.members[0],
        "auditor": house.auditor,
        "uncalled": house.uncalled,
        "stranger": house.stranger,
        "secretary": make_staff(Role.SECRETARY),
        "administrator": make_staff(Role.ADMINISTRATOR),
    }


@pytest.mark.parametrize("outcome", [CONFIRM, REFUSE, RETURN, DEFER])
@pytest.mark.parametrize("who", ["member", "auditor", "uncalled", "stranger", "secretary", "administrator"])
def test_only_the_office_enters_a_decision(house, who, outcome):
    sit = house.sitting()
    vote(sit, house, *(["against"] if outcome == REFUSE else ["for"]) * 3)
    with pytest.raises(NotAllowed):
        decide(sit, actors(house)[who], outcome, reason="理由")
    assert untouched(sit)


@pytest.mark.parametrize("who", ["member", "auditor", "stranger", "secretary", "administrator"])
def test_nobody_confirms_past_the_meeting(house, who):
    claim, actor = house.claim(), actors(house)[who]
    assert not can_review(actor, claim)
    with pytest.raises(NotAllowed):
        confirm_claim(claim, actor, revision=None, may=can_enter)


def test_an_item_is_decided_once(house):
    sit = house.sitting()
    vote(sit, house, "for", "for", "for")
    decide(sit, house.office, CONFIRM)
    events = trail(sit).count()
    with pytest.raises(MeetingMoved, match="已有结果"):
        decide(sit, house.office, REFUSE, reason="改主意")
    assert state(sit)[0] == Status.PUBLICITY
    assert trail(sit).count() == events


def test_a_claim_that_was_withdrawn_meanwhile_is_somebody_elses_doing(house):
    sit = house.sitting()
    vote(sit, house, "for", "for", "for")
    seen = sit.claim.revision
    withdraw_claim(sit.claim, fresh(sit.claim.student.person), revision=None)
    with pytest.raises(StaleSubject):
        decide(sit, house.office, CONFIRM, revision=seen)
    assert state(sit)[:2] == (Status.WITHDRAWN, ItemOutcome.PENDING)
    decide(sit, house.office, DEFER, reason="学生已撤回")
    assert state(sit)[1] == DEFER


def test_what_the_office_saw_must_be_what_is_decided(house):
    sit = house.sitting()
    vote(sit, house, "for", "for", "for")
    with pytest.raises(StaleSubject):
        decide(sit, house.office, CONFIRM, revision=sit.claim.revision - 1)
    assert untouched(sit)


def test_off_the_table_the_committee_gives_the_score(house):
    claim = house.unlisted()
    meeting = house.meeting(claim)
    item = meeting.items.get()
    for person in house.members:
        cast_vote(item, person, "for")
    with pytest.raises(ValidationError) as refused:
        decide_item(item, house.office, Decision(CONFIRM), revision=None)
    assert list(refused.value.message_dict) == ["score"]
    decide_item(item, house.office, Decision(CONFIRM, score=Decimal(3), reason="参照核心期刊"), revision=None)
    claim.refresh_from_db()
    assert (claim.status, claim.recognised_points) == (Status.PUBLICITY, Decimal(3))


def test_a_quorum_lost_during_the_session_stops_decisions(house):
    sit = house.sitting()
    vote(sit, house, "for", "for", "for")
    sit.meeting.refresh_from_db()
    one = house.members[0].pk
    note_presence(sit.meeting, house.office, present=[one], chair=one, revision=sit.meeting.revision)
    with pytest.raises(ValidationError, match="现出席 1 人"):
        decide(sit, house.office, CONFIRM)


@pytest.mark.parametrize("outcome", ["pending", "", "approve"])
def test_a_decision_that_there_is_not_is_refused(house, outcome):
    sit = house.sitting()
    vote(sit, house, "for", "for", "for")
    with pytest.raises(ValidationError):
        decide(sit, house.office, outcome, reason="理由")
    assert untouched(sit)
