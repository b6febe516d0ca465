"""Which records offset a course (冲抵建议): exactly as much as the course wants, of as few records as can do; pure.

Where parts of records count, the largest records reach any total with the fewest of them, the last one in part. When
as many whole records make the same total, they go first: no rest is left lying about. Where only whole records count,
the exact search of the planner decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_UP, Decimal
from typing import TYPE_CHECKING

from conversion.planner import Record, Use, fewest_records, largest_first
from portal.points import PLACES, ZERO

if TYPE_CHECKING:
    from collections.abc import Iterable

    from credits.evaluation.scheme import Conversion


@dataclass(frozen=True, slots=True)
class Cover:
    """The records that make up what a course wants, and how much of each."""

    uses: tuple[Use, ...]
    total: Decimal

    @property
    def amounts(self) -> dict[int, Decimal]:
        """Return the points to use by record id, as an application wants them."""
        return {use.record.id: use.points for use in self.uses}


def wanted_for(course_credits: Decimal, conversion: Conversion) -> Decimal:
    """Return the points that a course of so many credits wants; never less than the rate asks, to the hundredth."""
    return (course_credits * conversion.rate).quantize(PLACES, ROUND_UP)


def best_cover(records: Iterable[Record], wanted: Decimal, *, whole_records: bool) -> Cover | None:
    """Return the fewest records that make exactly ``wanted``; None when none do."""
    usable = [record for record in records if record.points > ZERO]
    if wanted <= ZERO or sum((record.points for record in usable), ZERO) < wanted:
        return None
    whole = fewest_records(usable, wanted)
    uses = tuple(Use(record, record.points) for record in whole or ())
    if not whole_records:
        parts = largest_first(usable, wanted)
        uses = uses if whole and len(uses) <= len(parts) else parts
    return Cover(uses, wanted) if uses else None
