"""Two people at one claim at the same moment: one decision stands, the other is told, a batch is whole or nothing."""

from functools import partial

import pytest

from conversion.integrity import differences
from credits.models import Claim, ClaimEvent
from credits.services.decisions import approve_claim, refuse_claim, revoke_claim
from credits.services.undoing import undo_decision
from portal.enums import Role, Status
from portal.workflow import StaleSubject
from review.desk.batches import BatchRefused, read_wanted
from review.services.batches import carry_out
from tests.builders import make_claim, make_round, make_staff, make_student
from tests.review.test_import_races import ROUNDS, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def people():
    return [make_staff(Role.SECRETARY, name=name) for name in ("何丽华", "孙建平")]


def decisions(*claims):
    """Return what was decided on the claims, by whom."""
    found = ClaimEvent.objects.filter(subject__in=claims, verb__in=("approve", "refuse"))
    return sorted(found.values_list("verb", "actor_name"))


def test_of_two_people_on_one_claim_one_decides_and_the_other_is_told(people):
    first, second = people
    shared = {"student": make_student(), "round_": make_round(), "secretary": first}
    for _round in range(ROUNDS):
        claim = make_claim(Status.IN_REVIEW, **shared)
        one, other = (Claim.objects.get(pk=claim.pk) for _person in people)
        outcomes = together(
            partial(approve_claim, one, first, points=one.claimed_points, revision=claim.revision),
            partial(refuse_claim, other, second, reason="重复", revision=claim.revision),
        )
        claim.refresh_from_db()
        refused = claim.status == Status.REFUSED
        assert decisions(claim) == [("refuse", "孙建平") if refused else ("approve", "何丽华")]
        assert [isinstance(outcome, StaleSubject) for outcome in outcomes] == [refused, not refused]


def test_a_batch_and_a_colleague_on_one_of_its_rows_never_both_win(people):
    first, second = people
    shared = {"student": make_student(), "round_": make_round(), "secretary": first}
    for _round in range(ROUNDS):
        claims = [make_claim(Status.IN_REVIEW, **shared) for _row in range(3)]
        wanted = read_wanted([f"{claim.pk}:{claim.revision}" for claim in claims])
        taken = Claim.objects.get(pk=claims[1].pk)
        outcomes = together(
            partial(carry_out, first, "approve", wanted, ""),
            partial(refuse_claim, taken, second, reason="重复", revision=taken.revision),
        )
        refused = Claim.objects.get(pk=taken.pk).status == Status.REFUSED
        assert decisions(*claims) == ([("refuse", "孙建平")] if refused else [("approve", "何丽华")] * 3)
        assert isinstance(outcomes[0], BatchRefused) == refused, outcomes
        assert isinstance(outcomes[1], StaleSubject) == (not refused), outcomes


def test_a_decision_is_taken_back_or_the_next_office_has_decided_never_both(people):
    """The secretary takes an approval back in the moment in which the office approves or refuses."""
    first, office = people[0], make_staff(Role.OFFICE)
    shared = {"student": make_student(), "round_": make_round(), "secretary": first}
    for round_ in range(ROUNDS):
        claim = make_claim(Status.IN_REVIEW, **shared)
        approve_claim(claim, first, points=claim.claimed_points, revision=None)
        one, other = (Claim.objects.get(pk=claim.pk) for _person in range(2))
        decide = (
            partial(approve_claim, other, office, points=claim.claimed_points, revision=claim.revision)
            if round_ % 2
            else partial(refuse_claim, other, office, reason="重复", revision=claim.revision)
        )
        outcomes = together(partial(undo_decision, one, first, revision=claim.revision), decide)
        claim.refresh_from_db()
        undone = (claim.status, claim.stage) == (Status.IN_REVIEW, "college")
        assert undone == ClaimEvent.objects.filter(subject=claim, verb="undo").exists()
        assert [isinstance(outcome, StaleSubject) for outcome in outcomes] == [not undone, undone], outcomes
    assert list(differences()) == []


def test_a_recognition_is_taken_back_once_by_two_windows_and_never_revoked_as_well(people):
    """The office takes its own recognition back twice at the same moment, while a colleague revokes it."""
    office, colleague = make_staff(Role.OFFICE), make_staff(Role.OFFICE)
    shared = {"student": make_student(), "round_": make_round(), "secretary": people[0]}
    for _round in range(ROUNDS):
        claim = make_claim(Status.IN_REVIEW, stage="office", **shared)
        approve_claim(claim, office, points=claim.claimed_points, revision=None)
        rows = [Claim.objects.get(pk=claim.pk) for _window in range(3)]
        together(
            partial(undo_decision, rows[0], office, revision=claim.revision),
            partial(undo_decision, rows[1], office, revision=claim.revision),
            partial(revoke_claim, rows[2], colleague, reason="有误", revision=claim.revision),
        )
        assert ClaimEvent.objects.filter(subject=claim, verb__in=("undo", "revoke")).count() == 1
        assert claim.lot.entries.count() == 2
    assert list(differences()) == []
