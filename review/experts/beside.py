"""What stands beside a claim where experts judge: precedents, the scores for who may read them, the team's shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from credits.evaluation.kinds.teams import TeamShare
from credits.evaluation.shares import RATIO
from credits.rules import can_exclude, can_share
from credits.services.teams import METHOD, method_field, share_rows
from credits.teams import is_team
from portal.enums import Status
from review.experts.methods import present_method
from review.experts.precedents import precedents_for
from review.experts.routing import READERS, scores_now
from review.experts.rules import sees_scores
from review.models import Assignment, AssignmentState

if TYPE_CHECKING:
    from credits.models import Claim
    from portal.models import Person


def beside_claim(claim: Claim, person: Person) -> dict[str, Any]:
    """Return the parts of a claim's page that only some schemes have; for all others, nothing and no query."""
    judged = claim.scheme_version.data.scoring is not None
    named = judged and sees_scores(person, claim)
    return {
        "precedents": precedents_for(claim) if judged and claim.trace.get("range") else None,
        "scores": scores_of(claim) if named else [],
        "names_experts": named,
        "assigning": judged and scores_now(claim) and person.standing.has(*READERS),
        "team": team_of(claim, person) if is_team(claim) else None,
    }


def scores_of(claim: Claim) -> list[Assignment]:
    """Return who was given the claim in this turn and what they said, without those whose task was taken back."""
    tasks = Assignment.objects.of_this_turn().filter(claim=claim).exclude(state=AssignmentState.WITHDRAWN)
    return list(tasks.select_related("expert").order_by("pk"))


def team_of(claim: Claim, person: Person) -> dict[str, Any]:
    """Return the members with their shares, how they share and why, and what the person may change about it."""
    achievement = getattr(claim, "achievement", None)
    moving = claim.status == Status.IN_REVIEW and not claim.follows_lead
    return {
        "rows": share_rows(claim),
        "method": present_method(claim),
        "chosen": bool(claim.facts.get(METHOD)),
        "reason": achievement.method_reason if achievement is not None else "",
        "ratio_method": ratio_method(claim),
        "choices": field.choices if (field := method_field(claim)) is not None else (),
        "sharing": bool(moving and can_share(person, claim)),
        "excluding": bool(moving and can_exclude(person, claim)),
    }


def ratio_method(claim: Claim) -> str:
    """Return the scheme's word for sharing by agreed ratios, empty where it knows none."""
    steps = claim.scheme_version.data.category(claim.category.code).steps
    ways = (way for step in steps if isinstance(step.rule, TeamShare) for way in step.rule.ways)
    return next((way.when for way in ways if way.share == RATIO), "")
