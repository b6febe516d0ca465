"""Two presses at one moment, each on its own connection: an item is decided once, a claim stands on one agenda."""

import pytest
from django.core.exceptions import ValidationError

from credits.models import Claim, ClaimEvent
from credits.services.claims import withdraw_claim
from portal.enums import Status
from portal.workflow import NotAllowed, StaleSubject
from review.desk.batches import Wanted
from review.models import AgendaItem, ItemOutcome, Vote
from review.services.meetings import MeetingMoved, add_items, close_meeting
from review.services.sitting import Decision, cast_vote, confirm_unanimously, decide_item
from tests.builders import fresh
from tests.review.test_import_races import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
ROUNDS = 3


def kinds(outcomes):
    return sorted(type(outcome).__name__ for outcome in outcomes)


def voted(house):
    sit = house.sitting()
    for person in house.members:
        cast_vote(sit.item, person, "for")
    return sit


def test_two_decisions_at_once_are_one(house):
    for _number in range(ROUNDS):
        sit = voted(house)
        events = ClaimEvent.objects.filter(subject=sit.claim).count()
        verbs = [
            lambda pk=sit.item.pk, outcome=outcome: decide_item(
                AgendaItem.objects.select_related("meeting").get(pk=pk),
                house.office,
                Decision(outcome, reason="理由"),
                revision=None,
            )
            for outcome in (ItemOutcome.CONFIRMED, ItemOutcome.RETURNED)
        ]
        outcomes = together(*verbs)
        assert kinds(outcomes) == [AgendaItem.__name__, MeetingMoved.__name__], outcomes
        assert ClaimEvent.objects.filter(subject=sit.claim).count() == events + 1
        sit.item.refresh_from_db()
        sit.claim.refresh_from_db()
        assert (sit.item.outcome, sit.claim.status) in {
            (ItemOutcome.CONFIRMED, Status.PUBLICITY),
            (ItemOutcome.RETURNED, Status.RETURNED),
        }


def test_a_decision_and_a_withdrawal_never_both_win(house):
    for _number in range(ROUNDS):
        sit = voted(house)
        student, revision = fresh(sit.claim.student.person), sit.claim.revision
        outcomes = together(
            lambda sit=sit, revision=revision: decide_item(
                sit.item, house.office, Decision(ItemOutcome.CONFIRMED), revision=revision
            ),
            lambda sit=sit, student=student, revision=revision: withdraw_claim(
                Claim.objects.get(pk=sit.claim.pk), student, revision=revision
            ),
        )
        sit.item.refresh_from_db()
        sit.claim.refresh_from_db()
        confirmed = sit.item.outcome == ItemOutcome.CONFIRMED
        assert sit.claim.status == (Status.PUBLICITY if confirmed else Status.WITHDRAWN), outcomes
        assert sum(isinstance(outcome, StaleSubject) for outcome in outcomes) == 1


def test_a_vote_never_arrives_after_its_decision(house):
    for _number in range(ROUNDS):
        sit = house.sitting()
        cast_vote(sit.item, house.members[0], "for")
        late = fresh(house.members[1])
        outcomes = together(
            lambda sit=sit: decide_item(sit.item, house.office, Decision(ItemOutcome.CONFIRMED), revision=None),
            lambda sit=sit, late=late: cast_vote(sit.item, late, "against"),
        )
        sit.item.refresh_from_db()
        if sit.item.outcome == ItemOutcome.CONFIRMED:
            assert isinstance(outcomes[1], MeetingMoved), outcomes
            assert not Vote.objects.filter(item=sit.item, ballot="against").exists()
        else:  # the vote came first, and made a tie
            assert isinstance(outcomes[0], ValidationError), outcomes


def test_two_meetings_cannot_take_the_same_claim(house):
    for _number in range(ROUNDS):
        claim = house.claim()
        meetings = [house.meeting(opens=False) for _copy in range(2)]
        outcomes = together(*[lambda m=m, claim=claim: add_items(m, house.office, [claim]) for m in meetings])
        assert kinds(outcomes) == [ValidationError.__name__, "int"], outcomes
        assert AgendaItem.objects.filter(claim=claim).count() == 1


def test_closing_and_confirming_together_leave_each_item_one_outcome(house):
    for _number in range(ROUNDS):
        sit = voted(house)
        wanted = [Wanted(sit.item.pk, sit.claim.revision)]
        outcomes = together(
            lambda sit=sit: close_meeting(sit.meeting, house.office, words="", revision=sit.meeting.revision),
            lambda sit=sit, wanted=wanted: confirm_unanimously(sit.meeting, house.office, wanted),
        )
        sit.item.refresh_from_db()
        sit.claim.refresh_from_db()
        assert not any(isinstance(outcome, NotAllowed) for outcome in outcomes)
        confirmed = sit.item.outcome == ItemOutcome.CONFIRMED
        assert sit.claim.status == (Status.PUBLICITY if confirmed else Status.IN_REVIEW), outcomes
