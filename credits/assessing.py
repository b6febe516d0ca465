"""What the rules make of a claim as it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credits.evaluation import evaluate
from credits.library import suggested_points
from portal.language import kept_language

if TYPE_CHECKING:
    from credits.evaluation import Evaluation
    from credits.models import Claim


def assess(claim: Claim) -> Evaluation:
    """Return what the rules make of the claim's facts, with every step."""
    return evaluate(claim.scheme_version.data, claim.category.code, claim.facts, college=claim.college.name)


def keep_assessment(claim: Claim) -> Evaluation:
    """Put suggestion and trace on the claim, worded in the portal's language, and return the evaluation."""
    with kept_language():
        result = assess(claim)
    claim.suggested_points, claim.trace = suggested_points(claim, result), result.as_json()
    return result
