"""What a student's first page tells of offsets: what is left of the allowance, and which courses could be offset."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from conversion.allowances import Room, room_of
from conversion.models import Offering
from conversion.offsetting import wanted_for
from conversion.plans import kinds_for
from conversion.rules import LIVE
from portal.points import ZERO

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conversion.holdings import Holding
    from conversion.models import Application
    from credits.evaluation.scheme import ConversionKind
    from credits.models import SchemeVersion
    from portal.models import Student

CHANCES = 6


@dataclass(frozen=True, slots=True)
class OffsetChance:
    """A course of the plan that takes applications now, and whether records and allowance suffice."""

    offering: Offering
    kind: ConversionKind
    wanted: Decimal
    usable: Decimal
    fits: bool

    @property
    def is_ready(self) -> bool:
        """Whether the student could hand in an application at once."""
        return self.fits and self.usable >= self.wanted


@dataclass(frozen=True, slots=True)
class OffsetPart:
    """The page's part on offsets; ``more`` counts the courses that are not shown."""

    room: Room
    chances: list[OffsetChance]
    more: int


def offset_part(
    student: Student,
    version: SchemeVersion,
    holdings: Iterable[Holding],
    applications: Iterable[Application],
    offerings: Iterable[Offering],
) -> OffsetPart:
    """Return the part, the courses that could be offset at once first; two queries."""
    room, kinds = room_of(student, version), kinds_for(student, version)
    live = {row.course_id for row in applications if row.status in LIVE}
    found = [
        OffsetChance(
            offering=row,
            kind=kinds[row.course_id],
            wanted=wanted_for(row.course.credits, version.data.conversion),
            usable=usable_for(kinds[row.course_id], holdings),
            fits=room.fits(row.course.credits),
        )
        for row in offerings
        if row.course_id in kinds and row.course_id not in live
    ]
    found.sort(key=lambda chance: (not chance.is_ready, chance.offering.closes_at, chance.offering.course.code))
    return OffsetPart(room, found[:CHANCES], max(len(found) - CHANCES, 0))


def usable_for(kind: ConversionKind, holdings: Iterable[Holding]) -> Decimal:
    """Return what the records have for courses of the kind."""
    return sum((row.usable for row in holdings if kind.takes(row.category.code)), ZERO)
