"""Which records earn which grade of a course with the least waste (转换建议); pure, no database.

With whole records this is the subset-sum problem, solved exactly over hundredths: for every total that can be reached,
the way with the fewest records is kept. Totals beyond ``highest first total + largest record`` are never needed: a
least combination stays above a band's lower edge by less than one of its records. The cost is
``records x totals`` steps, where totals are counted in the greatest common divisor of all amounts (usually 0.1 or 0.5):
60 records and a top band from 9 points take some ten thousand steps. ``BUDGET`` bounds what a course with absurd edges
could cost; beyond it only the largest records take part, and the outlook says that it is not exhaustive.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import gcd

from credits.evaluation.bands import SMALLEST_STEP, Band, grade_for, next_band
from portal.points import ZERO

BUDGET = 2_000_000


@dataclass(frozen=True, slots=True)
class Record:
    """One recognised record with what may still be converted of it (``id`` is the lot's)."""

    id: int
    points: Decimal
    category: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """How much of a record a plan takes; all of it unless the scheme converts parts."""

    record: Record
    points: Decimal


@dataclass(frozen=True, slots=True)
class Plan:
    """The least combination that earns a band's grade; ``waste`` is what lies above the band's lower edge."""

    band: Band
    uses: tuple[Use, ...]
    total: Decimal
    waste: Decimal
    remaining: Decimal

    @property
    def grade(self) -> str:
        """Return the grade that the plan earns."""
        return self.band.grade

    @property
    def amounts(self) -> dict[int, Decimal]:
        """Return the points to use by record id, as an application wants them."""
        return {use.record.id: use.points for use in self.uses}


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a student's records can earn in one course: one plan per reachable grade, from the lowest band."""

    plans: tuple[Plan, ...]
    usable: Decimal
    exhaustive: bool = True

    @property
    def best(self) -> Plan | None:
        """Return the recommended plan: the highest reachable grade at its least total."""
        return self.plans[-1] if self.plans else None


@dataclass(frozen=True, slots=True)
class Selection:
    """What a chosen total earns, and how far the next grade is (None in the highest band)."""

    total: Decimal
    grade: str
    missing: Decimal | None
    next_grade: str

    @property
    def is_enough(self) -> bool:
        """Whether the total earns a grade at all."""
        return bool(self.grade)


def first_total(band: Band) -> Decimal:
    """Return the least total inside a band: its lower edge, or one smallest step above an open one."""
    return band.lower if band.lower_closed else band.lower + SMALLEST_STEP


def look_ahead(records: Iterable[Record], bands: Sequence[Band], *, whole_records: bool) -> Outlook:
    """Return the best plan for every grade that the records can reach."""
    usable = [record for record in records if record.points > ZERO]
    total = sum((record.points for record in usable), ZERO)
    ordered = sorted(bands, key=first_total)
    if not usable or not ordered:
        return Outlook((), total)
    if whole_records:
        return _whole(usable, ordered, total)
    found = (_parts(usable, band, total) for band in ordered)
    return Outlook(tuple(plan for plan in found if plan), total)


def judge(amounts: Iterable[Decimal], bands: Sequence[Band]) -> Selection:
    """Return what the chosen amounts earn together, with the distance to the next grade."""
    total = sum(amounts, ZERO)
    band, following = grade_for(bands, total), next_band(bands, total)
    return Selection(
        total=total,
        grade=band.grade if band else "",
        missing=following[0] if following else None,
        next_grade=following[1].grade if following else "",
    )


def largest_first(records: Sequence[Record], wanted: Decimal) -> tuple[Use, ...]:
    """Take the largest records until the total is met, the last one in part: no fewer records could do."""
    uses: list[Use] = []
    missing = wanted
    for record in sorted(records, key=lambda record: -record.points):
        if missing <= ZERO:
            break
        uses.append(Use(record, min(record.points, missing)))
        missing -= uses[-1].points
    return tuple(uses)


def fewest_records(records: Sequence[Record], wanted: Decimal) -> list[Record] | None:
    """Return the fewest whole records that make exactly ``wanted``, as they stand in order; None when none do."""
    if not records:
        return None
    total = _hundredths(wanted)
    chosen, _exhaustive = _within_budget(list(records), total)
    way = _ways([_hundredths(record.points) for record in chosen], total).get(total)
    return [chosen[place] for place in _places(way)] if way else None


# How a total was reached: how many records, the last one's place, and how the rest was reached.
Way = tuple[int, int, "Way | None"]


def _whole(records: list[Record], bands: Sequence[Band], total: Decimal) -> Outlook:
    firsts = [_hundredths(first_total(band)) for band in bands]
    chosen, exhaustive = _within_budget(records, max(firsts))
    amounts = [_hundredths(record.points) for record in chosen]
    ways = _ways(amounts, max(firsts) + max(amounts))
    reached = sorted(ways)
    plans = []
    for band in bands:
        least = next((t for t in reached if t > 0 and Decimal(t).scaleb(-2) in band), None)
        if least is not None:
            uses = tuple(Use(chosen[place], chosen[place].points) for place in _places(ways[least]))
            plans.append(_plan(band, uses, total))
    return Outlook(tuple(plans), total, exhaustive)


def _ways(amounts: Sequence[int], limit: int) -> dict[int, Way]:
    """Return the way with the fewest records for each reachable total up to the limit; the earliest win a tie."""
    ways: dict[int, Way] = {0: (0, -1, None)}
    for place, amount in enumerate(amounts):
        added: dict[int, Way] = {}
        for reached, way in ways.items():
            total, count = reached + amount, way[0] + 1
            if total <= limit and (total not in ways or count < ways[total][0]):
                added[total] = (count, place, way)
        ways.update(added)
    return ways


def _places(way: Way) -> list[int]:
    found: list[int] = []
    step: Way | None = way
    while step is not None and step[1] >= 0:
        found.append(step[1])
        step = step[2]
    return found[::-1]


def _within_budget(records: list[Record], highest: int) -> tuple[list[Record], bool]:
    """Return the records that an exact search can afford, the largest first to stay, in their own order."""
    amounts = [_hundredths(record.points) for record in records]
    totals = (highest + max(amounts)) // gcd(*amounts) + 1
    if len(records) * totals <= BUDGET:
        return records, True
    kept = sorted(range(len(records)), key=lambda place: -amounts[place])[: max(1, BUDGET // totals)]
    return [records[place] for place in sorted(kept)], False


def _parts(records: list[Record], band: Band, available: Decimal) -> Plan | None:
    """Reach the band's first total with parts of records; a band between two hundredths has none."""
    wanted = first_total(band)
    uses = largest_first(records, wanted) if available >= wanted and wanted in band else ()
    return _plan(band, uses, available) if uses else None


def _plan(band: Band, uses: tuple[Use, ...], available: Decimal) -> Plan:
    total = sum((use.points for use in uses), ZERO)
    return Plan(band=band, uses=uses, total=total, waste=total - band.lower, remaining=available - total)


def _hundredths(points: Decimal) -> int:
    return int(points.scaleb(2))
