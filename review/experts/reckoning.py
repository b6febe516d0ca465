"""How several experts' scores become one: the median, and whether they lie too far apart. Pure, Decimal only."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING

from credits.evaluation.kinds.limits import rounded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from credits.evaluation.scheme import Rounding, Scoring

Range = tuple[Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What scores come to: the median with the scheme's places, how far they spread, and whether that is too far."""

    score: Decimal
    spread: Decimal
    too_far: bool


def outcome(scores: Sequence[Decimal], allowed: Range, scoring: Scoring, rounding: Rounding) -> Outcome:
    """Return the result of at least one score; the spread is too wide only above its part of the range, not at it."""
    low, high = allowed
    spread = max(scores) - min(scores)
    # Multiplied, not divided: a third of a range has no last decimal, and a spread of exactly a third is not above it.
    too_far = spread * scoring.spread_parts > high - low
    return Outcome(rounded(median(scores), rounding), spread, too_far)


def score_problem(score: Decimal, allowed: Range, rounding: Rounding) -> str:
    """Return what is wrong with a score: "range", "places", or nothing."""
    low, high = allowed
    if not low <= score <= high:
        return "range"
    return "" if score == rounded(score, rounding) else "places"
