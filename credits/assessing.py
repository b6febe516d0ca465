"""What the rules make of a claim as it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credits.evaluation import evaluate
from credits.library import suggested_points
from portal.language import kept_language

if TYPE_CHECKING:
    from credits.evaluation import Evaluation
    from credits.models import Claim


# Facts that experts and the committee give; what they gave belongs to the handing-in that they judged.
SCORE, BEYOND = "score", "beyond_range"


def assess(claim: Claim) -> Evaluation:
    """Return what the rules make of the claim's facts, with every step."""
    return evaluate(claim.scheme_version.data, claim.category.code, claim.facts, college=claim.college.name)


def keep_assessment(claim: Claim) -> Evaluation:
    """Put suggestion and trace on the claim, worded in the portal's language, and return the evaluation."""
    with kept_language():
        result = assess(claim)
    claim.suggested_points, claim.trace = suggested_points(claim, result), result.as_json()
    return result


def forget_judgement(claim: Claim) -> None:
    """Take what experts and the committee gave off a claim that goes back to its student, and why it was escalated."""
    claim.escalated = ""
    if SCORE in claim.facts:
        claim.facts = {name: value for name, value in claim.facts.items() if name not in {SCORE, BEYOND}}
        keep_assessment(claim)
