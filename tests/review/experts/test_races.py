"""Two connections at one claim: whatever the interleaving, a result is settled once and nobody is dealt twice."""

import threading

import pytest
from django.db import connection

from credits.models import Claim, ClaimEvent
from portal.enums import Role
from portal.workflow import StaleSubject
from review.models import Assignment
from review.services.assigning import AssigningRefused, assign_experts, plan_experts
from review.services.scoring import abstain, score_claim
from tests.builders import fresh
from tests.experts import WIDE, assigned, fresh_task, give, make_experts, scoring_claim
from tests.whu import whu_staff, whu_student

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
ROUNDS = 4


def together(*verbs):
    """Run the verbs at the same moment, each on its own connection; return what each gave or raised."""
    gate, outcomes = threading.Barrier(len(verbs)), [None] * len(verbs)

    def act(place, verb):
        try:
            gate.wait()
            outcomes[place] = verb()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=pair) for pair in enumerate(verbs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def another(number):
    return scoring_claim(facts={**WIDE, "doi": f"10.1/{number}"}, student=whu_student(f"学生{number}"))


def scoring(task, score):
    return lambda: score_claim(fresh_task(task), fresh(task.expert), score=score)


def test_two_experts_who_finish_at_once_settle_once():
    experts = make_experts(3)
    for number in range(ROUNDS):
        tasks = assigned(another(number), experts)
        give(tasks[0], "2")

        outcomes = together(scoring(tasks[1], "3"), scoring(tasks[2], "4"))

        assert [type(outcome) for outcome in outcomes] == [Assignment, Assignment], outcomes
        claim = Claim.objects.get(pk=tasks[0].claim_id)
        assert (claim.stage, claim.facts["score"]) == ("committee", "3.00")
        events = ClaimEvent.objects.filter(subject=claim, verb="score")
        assert events.count() == 3
        assert sum("recognised_points" in event.after for event in events) == 1


def test_one_form_sent_twice_at_once_and_a_late_change_never_reopen_a_result():
    experts = make_experts(3)
    for number in range(ROUNDS):
        tasks = assigned(another(number), experts)
        give(tasks[0], "2")
        give(tasks[1], "2")

        outcomes = together(scoring(tasks[2], "2"), scoring(tasks[0], "4"))

        claim = Claim.objects.get(pk=tasks[0].claim_id)
        assert claim.stage == "committee"
        scores = sorted(str(score) for score in Assignment.objects.filter(claim=claim).values_list("score", flat=True))
        late = isinstance(outcomes[1], StaleSubject)
        assert scores == (["2.00", "2.00", "2.00"] if late else ["2.00", "2.00", "4.00"])
        assert bool(claim.escalated) != late


def test_a_last_score_and_an_abstention_at_once_leave_one_result_or_an_open_task():
    experts = make_experts(4)
    for number in range(ROUNDS):
        tasks = assigned(another(number), experts)
        give(tasks[0], "2")
        give(tasks[1], "2")
        leave = tasks[3]

        outcomes = together(
            scoring(tasks[2], "2"), lambda task=leave: abstain(fresh_task(task), fresh(task.expert), reason="不熟悉")
        )

        assert not any(isinstance(outcome, Exception) for outcome in outcomes), outcomes
        claim = Claim.objects.get(pk=leave.claim_id)
        assert (claim.stage, claim.facts["score"]) == ("committee", "2.00")
        assert ClaimEvent.objects.filter(subject=claim, verb="score", after__has_key="recognised_points").count() == 1


def test_two_offices_that_carry_the_same_plan_out_deal_it_once():
    make_experts(4)
    offices = [whu_staff(Role.OFFICE), whu_staff(Role.OFFICE)]
    for number in range(ROUNDS):
        claim = another(number)
        pairs = [(claim.pk, expert.person.pk) for deal in plan_experts([claim]) for expert in deal.experts]

        outcomes = together(*[lambda who=who, mine=pairs: assign_experts(mine, fresh(who)) for who in offices])

        assert sorted(type(outcome).__name__ for outcome in outcomes) == [AssigningRefused.__name__, "list"]
        assert Assignment.objects.filter(claim=claim).count() == 3
