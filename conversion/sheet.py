"""The sheet a student works on: one course, the records that count for it, what is chosen, what that earns."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from conversion.holdings import Holding, holdings_of
from conversion.planner import Outlook, Plan, Selection, judge, look_ahead
from portal.points import ZERO

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conversion.models import Application, Offering
    from credits.evaluation.bands import Band
    from credits.models import Category, SchemeVersion
    from portal.models import Student


@dataclass(frozen=True, slots=True)
class Row:
    """One record on the form: whether it is ticked, and how much of it goes in."""

    holding: Holding
    is_chosen: bool
    points: Decimal


@dataclass(frozen=True, slots=True)
class Step:
    """One band on the scale; ``is_current`` where the chosen total lies, ``plan`` how the records could get there."""

    band: Band
    is_current: bool
    is_passed: bool
    plan: Plan | None


@dataclass
class Sheet:
    """Everything the form shows. ``amounts`` is what is chosen, by lot."""

    student: Student
    offering: Offering
    version: SchemeVersion
    application: Application | None = None
    only: frozenset[str] = frozenset()
    amounts: dict[int, Decimal] = field(default_factory=dict)
    offsets = False

    @cached_property
    def categories(self) -> list[Category]:
        """The categories that the course takes, or those of them that were ticked in the list."""
        mine = list(self.offering.course.categories.all())
        return [row for row in mine if row.code in self.only] or mine

    @cached_property
    def holdings(self) -> list[Holding]:
        """The student's records in these categories."""
        return holdings_of(self.student, self.version, [row.pk for row in self.categories])

    @property
    def whole_records(self) -> bool:
        """Whether a record is used entirely or not at all."""
        return self.version.data.conversion.whole_records

    @cached_property
    def bands(self) -> tuple[Band, ...]:
        """The course's bands, from the lowest."""
        return self.offering.course.rule_bands

    def choose(self, amounts: Mapping[int, Decimal]) -> None:
        """Tick these records, as far as they are usable now."""
        usable = {row.pk: row.usable for row in self.holdings if row.usable}
        self.amounts = {pk: min(points, usable[pk]) for pk, points in amounts.items() if pk in usable}

    def adopt(self, amounts: Mapping[int, Decimal]) -> None:
        """Take a proposal over, in place of what was ticked."""
        self.choose(amounts)

    @property
    def rows(self) -> list[Row]:
        """The records as the form shows them."""
        return [Row(row, row.pk in self.amounts, self.amounts.get(row.pk, row.usable)) for row in self.holdings]

    @cached_property
    def outlook(self) -> Outlook:
        """The planner's proposals."""
        records = (row.record for row in self.holdings)
        return look_ahead(records, self.bands, whole_records=self.whole_records)

    @property
    def selection(self) -> Selection:
        """What the chosen records earn."""
        return judge(self.amounts.values(), self.bands)

    @property
    def remaining(self) -> Decimal:
        """What of these categories stays for another course."""
        return sum((row.usable for row in self.holdings), ZERO) - self.selection.total

    @property
    def scale(self) -> list[Step]:
        """The bands with the place of the chosen total."""
        total = self.selection.total
        plans = {plan.grade: plan for plan in self.outlook.plans}
        return [Step(band, total in band, _is_below(band, total), plans.get(band.grade)) for band in self.bands]

    def proposed(self, name: str) -> Mapping[int, Decimal] | None:
        """Return the amounts of the proposal for a grade."""
        plan = plan_for(self.outlook, name)
        return plan.amounts if plan else None

    @property
    def is_best(self) -> bool:
        """Whether the chosen records are the recommended ones."""
        best = self.outlook.best
        return best is not None and best.amounts == self.amounts


def _is_below(band: Band, total: Decimal) -> bool:
    return band.upper is not None and total not in band and total >= band.upper


def plan_for(outlook: Outlook, grade: str) -> Plan | None:
    """Return the plan of a grade."""
    return next((plan for plan in outlook.plans if plan.grade == grade), None)


def balances(holdings: Iterable[Holding]) -> dict[int, Decimal]:
    """Return the usable points by category."""
    found: dict[int, Decimal] = {}
    for row in holdings:
        found[row.category.pk] = found.get(row.category.pk, ZERO) + row.usable
    return found
