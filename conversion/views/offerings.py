"""The list of courses that take conversions (积分转换申请)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from conversion.holdings import holdings_of, version_in_force
from conversion.models import Application, Offering
from conversion.rules import LIVE, is_open
from conversion.sheet import balances
from conversion.views.standing import own_student
from portal.enums import Status
from portal.listing import Listing, Sorts
from portal.points import ZERO

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpResponse
    from django.utils.functional import Promise

    from credits.models import Category
    from portal.models import Student
    from portal.requests import SignedInRequest

SORTS = Sorts({"term": ("term__code", "-course__code", "pk")}, default="-term")
AGAIN = frozenset({Status.REFUSED, Status.WITHDRAWN, Status.REVOKED})


@dataclass(frozen=True, slots=True)
class OfferRow:
    """One line of the list: the offering, the balances to tick, where the student's application stands."""

    offering: Offering
    boxes: list[tuple[Category, Decimal]]
    application: Application | None
    has_live: bool
    closed: str | Promise

    @property
    def can_apply(self) -> bool:
        """Whether the boxes and the button act."""
        return not self.has_live and not self.closed

    @property
    def is_again(self) -> bool:
        """Whether an application came before that led to nothing."""
        return self.application is not None and self.application.status in AGAIN

    @property
    def has_points(self) -> bool:
        """Whether there is anything to tick."""
        return any(points for _category, points in self.boxes)


@login_required
@require_safe
def offerings(request: SignedInRequest) -> HttpResponse:
    """List what the student's college and cohort can convert into, with the usable balance of each category."""
    student = own_student(request)
    found = (
        Offering.objects.for_student(student)
        .select_related("course__scheme", "term")
        .prefetch_related("course__categories")
    )
    listing = Listing(request, found, sorts=SORTS, keyset=False)
    context = {"listing": listing, "rows": rows_of(student, listing.rows)}
    return render(request, "conversion/offerings.html", context)


def rows_of(student: Student, found: Sequence[Offering]) -> list[OfferRow]:
    """Return the lines for a page of offerings; a query per scheme and one for the applications."""
    usable = _usable(student, found)
    mine = list(Application.objects.filter(student=student).order_by("pk"))
    latest = {row.offering_id: row for row in mine}
    live = {row.course_id for row in mine if row.status in LIVE}
    return [
        OfferRow(
            offering=row,
            boxes=[(category, usable.get(category.pk, ZERO)) for category in row.course.categories.all()],
            application=latest.get(row.pk),
            has_live=row.course_id in live,
            closed=is_open(row).reason,
        )
        for row in found
    ]


def _usable(student: Student, found: Sequence[Offering]) -> dict[int, Decimal]:
    balance: dict[int, Decimal] = {}
    for scheme in {row.course.scheme_id: row.course.scheme for row in found}.values():
        version = version_in_force(scheme, student)
        if version is not None:
            balance.update(balances(holdings_of(student, version)))
    return balance
