"""The lifetime allowance of offsets (冲抵额度) as people read it: offset, applied for, left of the cap."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Q, Sum

from conversion.models import Application
from conversion.querysets import HOLDING
from portal.enums import Status
from portal.points import ZERO

if TYPE_CHECKING:
    from credits.models import SchemeVersion
    from portal.models import Student


@dataclass(frozen=True, slots=True)
class Room:
    """What of the allowance is taken, in course credits; ``cap`` None: the scheme sets no limit."""

    cap: Decimal | None
    used: Decimal
    pending: Decimal

    @property
    def taken(self) -> Decimal:
        """Return what is offset or applied for: both count."""
        return self.used + self.pending

    @property
    def left(self) -> Decimal | None:
        """Return what may still be applied for; None without a limit."""
        return None if self.cap is None else max(self.cap - self.taken, ZERO)

    def fits(self, course_credits: Decimal) -> bool:
        """Whether a course of so many credits still fits."""
        return self.left is None or course_credits <= self.left


def room_of(student: Student, version: SchemeVersion) -> Room:
    """Return the student's allowance under the version's scheme; one query."""
    mine = Application.objects.filter(student=student, scheme_id=version.scheme_id)
    sums: dict[str, Any] = mine.aggregate(
        used=Sum("offset_credits", filter=Q(status=Status.RECOGNISED)),
        pending=Sum("offset_credits", filter=Q(status__in=HOLDING)),
    )
    return Room(version.data.conversion.cap, sums["used"] or ZERO, sums["pending"] or ZERO)
