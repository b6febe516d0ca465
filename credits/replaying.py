"""One claim under two versions: what each makes of its facts, and how far apart they are. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from credits.evaluation import evaluate
from portal.points import PLACES, ZERO

if TYPE_CHECKING:
    from credits.evaluation import SchemeData

MOST_BINS = 16
STEPS = tuple(Decimal(step) for step in ("0.05", "0.1", "0.2", "0.5", "1", "2", "5", "10", "20", "50", "100"))
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a version makes of a claim: exact (both ends equal), a range, or nothing and why."""

    low: Decimal | None = None
    high: Decimal | None = None
    problem: str = ""

    @property
    def middle(self) -> Decimal | None:
        """What stands for the outcome where one figure must: of a range its middle."""
        return None if self.low is None or self.high is None else (self.low + self.high) / 2


@dataclass(frozen=True, slots=True)
class Bin:
    """How many claims change by more than `low` up to `high` (beyond zero outwards); both zero: by nothing."""

    low: Decimal
    high: Decimal
    count: int


def outcome(data: SchemeData, category: str, facts: Mapping[str, object], college: str) -> Outcome:
    """Apply a version's rules; a category that it does not have is a problem like any other."""
    try:
        result = evaluate(data, category, facts, college=college)
    except KeyError:
        return Outcome(problem=_("办法中没有这个类别。"))
    if result.problems:
        return Outcome(problem="；".join(problem.message for problem in result.problems)[:LONGEST])
    if result.minimum is None or result.maximum is None:
        return Outcome(problem=_("规则没有给出分值。"))
    return Outcome(_places(result.minimum), _places(result.maximum))


def difference(before: Outcome, after: Outcome) -> Decimal:
    """By how much the second is higher; nothing where one of them gives no figure."""
    if before.middle is None or after.middle is None:
        return ZERO
    return _places(after.middle - before.middle)


def distribution(counts: Iterable[tuple[Decimal, int]]) -> list[Bin]:
    """Return difference → number of claims as bins of one width, from the lowest to the highest, zero by itself."""
    rows = list(counts)
    if not rows:
        return []
    step = _step(min(value for value, _count in rows), max(value for value, _count in rows))
    found: dict[int, int] = {}
    for value, count in rows:
        place = int((value / step).to_integral_value(ROUND_CEILING if value > 0 else ROUND_FLOOR))
        found[place] = found.get(place, 0) + count
    first, last = min(*found, 0), max(*found, 0)
    return [_bin(place, step, found.get(place, 0)) for place in range(first, last + 1)]


def _step(lowest: Decimal, highest: Decimal) -> Decimal:
    """The finest width that needs no more bins than fit on a page."""
    for step in STEPS:
        bins = (-min(lowest, ZERO) / step).to_integral_value(ROUND_CEILING)
        bins += (max(highest, ZERO) / step).to_integral_value(ROUND_CEILING)
        if bins <= MOST_BINS:
            return step
    return STEPS[-1]


def _bin(place: int, step: Decimal, count: int) -> Bin:
    if place == 0:
        return Bin(ZERO, ZERO, count)
    return Bin(step * (place - 1), step * place, count) if place > 0 else Bin(step * place, step * (place + 1), count)


def _places(number: Decimal) -> Decimal:
    return number.quantize(PLACES, ROUND_HALF_UP)
