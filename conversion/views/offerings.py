"""The list of courses that take conversions (积分转换申请)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from conversion.holdings import holdings_of, version_for, version_in_force
from conversion.models import Application, Offering
from conversion.rules import AGAIN, LIVE, is_open
from conversion.sheet import balances
from conversion.views.offsets import SORTS, offset_list
from conversion.views.standing import own_student
from portal.listing import Listing
from portal.points import ZERO

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import HttpResponse
    from django.utils.functional import Promise

    from credits.models import Category, SchemeVersion
    from portal.models import Student
    from portal.requests import SignedInRequest


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
    """List what the student's college and cohort can convert into, with the usable balance of each category.

    Where the student's scheme offsets courses of the training plan instead, that is the list of these.
    """
    student = own_student(request)
    version = version_for(student)
    if version is not None and version.data.conversion.offsets:
        return offset_list(request, student, version)
    found = (
        Offering.objects.for_student(student)
        .graded()
        .select_related("course__scheme", "term")
        .prefetch_related("course__categories")
    )
    listing = Listing(request, found, sorts=SORTS, keyset=False)
    known = {version.scheme_id: version} if version is not None else {}
    context = {"listing": listing, "rows": rows_of(student, listing.rows, known)}
    return render(request, "conversion/offerings.html", context)


def rows_of(student: Student, found: Sequence[Offering], known: Mapping[int, SchemeVersion]) -> list[OfferRow]:
    """Return the lines for a page of offerings; a query per scheme and one for the applications.

    ``known`` holds versions that were read already, by scheme.
    """
    usable = _usable(student, found, known)
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


def _usable(student: Student, found: Sequence[Offering], known: Mapping[int, SchemeVersion]) -> dict[int, Decimal]:
    balance: dict[int, Decimal] = {}
    for scheme in {row.course.scheme_id: row.course.scheme for row in found}.values():
        version = known.get(scheme.pk) or version_in_force(scheme, student)
        if version is not None:
            balance.update(balances(holdings_of(student, version)))
    return balance
