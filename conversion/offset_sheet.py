"""The sheet of an offset: one course of the plan, the records that count for its kind, how much of each goes in."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from conversion.allowances import Room, room_of
from conversion.offsetting import Cover, best_cover, wanted_for
from conversion.plans import categories_for
from conversion.sheet import Row, Sheet
from portal.points import ZERO

if TYPE_CHECKING:
    from collections.abc import Mapping

    from credits.evaluation.scheme import ConversionKind
    from credits.models import Category

BEST = "best"


@dataclass(frozen=True, slots=True)
class Sum:
    """What is chosen beside what the course wants."""

    total: Decimal
    wanted: Decimal

    @property
    def is_enough(self) -> bool:
        """Whether it is exactly what the course wants: neither less nor more may be handed in."""
        return self.total == self.wanted

    @property
    def missing(self) -> Decimal:
        """Return how much is still to be chosen; below zero when it is too much."""
        return self.wanted - self.total

    @property
    def surplus(self) -> Decimal:
        """Return how much is too much."""
        return max(self.total - self.wanted, ZERO)


@dataclass(frozen=True, slots=True)
class Part(Row):
    """One record on the form, with the amount as it was typed."""

    text: str


@dataclass(kw_only=True)
class OffsetSheet(Sheet):
    """Everything the form of an offset shows; ``typed`` keeps the amounts as they were written, readable or not."""

    kind: ConversionKind
    typed: dict[int, str] = field(default_factory=dict)
    offsets = True

    @cached_property
    def categories(self) -> list[Category]:
        """The categories whose records count for the course's kind."""
        return categories_for(self.kind, self.version.scheme_id)

    @property
    def wanted(self) -> Decimal:
        """What the course wants."""
        return wanted_for(self.offering.course.credits, self.version.data.conversion)

    @cached_property
    def room(self) -> Room:
        """The student's lifetime allowance as it stands; what a returned application took is free again."""
        return room_of(self.student, self.version)

    @property
    def fits(self) -> bool:
        """Whether the allowance has room for the course."""
        return self.room.fits(self.offering.course.credits)

    @cached_property
    def cover(self) -> Cover | None:
        """The proposal: exactly what the course wants, of as few records as can do."""
        return best_cover((row.record for row in self.holdings), self.wanted, whole_records=self.whole_records)

    @property
    def sum(self) -> Sum:
        """What is chosen."""
        return Sum(sum(self.amounts.values(), ZERO), self.wanted)

    @property
    def usable(self) -> Decimal:
        """What could be used in all."""
        return sum((row.usable for row in self.holdings), ZERO)

    @property
    def remaining(self) -> Decimal:
        """What of these categories stays for another course."""
        return self.usable - self.sum.total

    @property
    def is_best(self) -> bool:
        """Whether the chosen amounts are the proposed ones."""
        return self.cover is not None and self.cover.amounts == self.amounts

    @property
    def parts(self) -> list[Part]:
        """The records as the form shows them."""
        return [
            Part(row.holding, row.is_chosen, row.points, self.typed.get(row.holding.pk, _text(row)))
            for row in self.rows
        ]

    def adopt(self, amounts: Mapping[int, Decimal]) -> None:
        """Take a proposal over, in place of what was typed."""
        self.typed = {}
        self.choose(amounts)

    def proposed(self, name: str) -> Mapping[int, Decimal] | None:
        """Return the proposal's amounts when it is asked for."""
        return self.cover.amounts if name == BEST and self.cover else None


def _text(row: Row) -> str:
    return f"{row.points.normalize():f}" if row.is_chosen else ""
