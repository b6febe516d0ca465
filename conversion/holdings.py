"""A student's recognised records as conversion sees them: what is usable, of which category, and how it came about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from conversion.models import Application
from conversion.planner import Record
from credits.models import Coverage, Lot, SchemeVersion
from portal.points import ZERO

if TYPE_CHECKING:
    from credits.models import Category, Claim, Scheme
    from portal.models import Student


@dataclass(frozen=True, slots=True)
class Holding:
    """One recognised record; ``usable`` is what may be converted of it now.

    Where only whole records count, that is nothing as soon as any of it is used.
    """

    lot: Lot
    usable: Decimal

    @property
    def pk(self) -> int:
        """Return the lot's id: what forms and applications name."""
        return self.lot.pk

    @property
    def claim(self) -> Claim:
        """Return the record."""
        return self.lot.claim

    @property
    def category(self) -> Category:
        """Return the record's category."""
        return self.lot.category

    @property
    def steps(self) -> list[dict[str, Any]]:
        """Return the calculation as it was stored, empty for what an office recorded."""
        return list(self.claim.trace.get("steps", []))

    @property
    def is_held(self) -> bool:
        """Whether a pending application keeps the record."""
        return self.lot.held > ZERO

    @property
    def record(self) -> Record:
        """Return the record as the planner wants it."""
        return Record(self.pk, self.usable, self.category.name, self.claim.content)


def holdings_of(student: Student, version: SchemeVersion, categories: Iterable[int] | None = None) -> list[Holding]:
    """Return the student's records of the version's scheme (of these categories), the usable ones first; one query."""
    found = Lot.objects.of(student).filter(scheme_id=version.scheme_id, recognised__gt=0)
    if categories is not None:
        found = found.filter(category_id__in=list(categories))
    lots = found.select_related("claim", "category").defer("claim__facts").order_by("category__position", "pk")
    rows = [Holding(lot, usable_of(lot, whole_records=version.data.conversion.whole_records)) for lot in lots]
    return sorted(rows, key=lambda row: row.usable == ZERO)


def applications_fed_by(claim: Claim) -> list[Application]:
    """Return the applications for which points of the claim are held or used: after a finding they wait for decision.

    What a reviewer still decides is returned or refused, what is publicised is struck, what is done is revoked.
    """
    found = Application.objects.fed_by(claim).select_related(
        "scheme_version__scheme", "scheme", "course", "student__person", "offering__term"
    )
    return list(found.order_by("pk"))


def usable_of(lot: Lot, *, whole_records: bool) -> Decimal:
    """Return what may be converted of a lot: all of it or nothing, where only whole records count."""
    if whole_records and (lot.held or lot.consumed):
        return ZERO
    return lot.usable


def version_for(student: Student) -> SchemeVersion | None:
    """Return the version that the student's college and cohort stand under; None where no scheme covers them."""
    mine = Coverage.objects.of(student).values("scheme_id")
    versions = SchemeVersion.objects.in_force(timezone.localdate(), student.cohort).filter(scheme__in=mine)
    return versions.select_related("scheme").order_by("scheme", "-effective_from", "-pk").first()


def version_in_force(scheme: Scheme, student: Student) -> SchemeVersion | None:
    """Return the version that a new application of the student would be judged by."""
    versions = SchemeVersion.objects.in_force(timezone.localdate(), student.cohort)
    return versions.filter(scheme=scheme).select_related("scheme").first()
