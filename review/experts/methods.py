"""How a team's result may be shared, as experts may suggest it: ratios are agreed by the team, so they are left out."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from credits.evaluation.kinds.teams import TeamShare
from credits.evaluation.shares import RATIO
from credits.services.teams import METHOD, method_field
from credits.teams import is_team

if TYPE_CHECKING:
    from collections.abc import Sequence

    from credits.models import Claim


def methods_of(claim: Claim) -> list[str]:
    """Return the ways of sharing that an expert may suggest; empty for what one person did alone."""
    if not is_team(claim):
        return []
    steps = claim.scheme_version.data.category(claim.category.code).steps
    ways = (step.rule.ways for step in steps if isinstance(step.rule, TeamShare))
    return [way.when for found in ways for way in found if way.share != RATIO]


def present_method(claim: Claim) -> str:
    """Return how the team's result is shared as things stand: as was decided, else as the scheme begins."""
    field = method_field(claim)
    return str(claim.facts.get(METHOD, "") or (field.otherwise if field else ""))


def agreed_method(claim: Claim, suggestions: Sequence[str]) -> str:
    """Return the other way of sharing that more than half of all experts suggest; empty where they do not agree."""
    found = Counter(text for text in suggestions if text and text != present_method(claim))
    method, number = found.most_common(1)[0] if found else ("", 0)
    return method if number * 2 > len(suggestions) else ""
