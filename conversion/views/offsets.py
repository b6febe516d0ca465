"""The list of courses of the own training plan that points may offset (学分冲抵)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conversion.allowances import Room, room_of
from conversion.holdings import holdings_of
from conversion.models import Application, Offering
from conversion.offset_home import usable_for
from conversion.offsetting import wanted_for
from conversion.plans import kinds_for
from conversion.rules import AGAIN, LIVE, is_open
from portal.listing import FilterForm, Listing, Sorts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.http import HttpResponse
    from django.utils.functional import Promise

    from credits.evaluation.scheme import ConversionKind
    from credits.models import SchemeVersion
    from portal.models import Student
    from portal.requests import SignedInRequest

SORTS = Sorts({"term": ("term__code", "-course__code", "pk")}, default="-term")


@dataclass(frozen=True, slots=True)
class OffsetRow:
    """One line of the list: the course with its kind, what could be used for it, where the application stands."""

    offering: Offering
    kind: ConversionKind
    wanted: Decimal
    usable: Decimal
    fits: bool
    application: Application | None
    has_live: bool
    closed: str | Promise

    @property
    def can_apply(self) -> bool:
        """Whether the course takes an application of the student now."""
        return not self.has_live and not self.closed

    @property
    def has_points(self) -> bool:
        """Whether the records suffice."""
        return self.usable >= self.wanted

    @property
    def is_again(self) -> bool:
        """Whether an application came before that led to nothing."""
        return self.application is not None and self.application.status in AGAIN


class OffsetFilter(FilterForm):
    """Which courses of the plan are listed: those that are open or applied for, unless all are asked for."""

    text = forms.CharField(label=_("课程编号或名称"), required=False, max_length=64)
    kind = forms.ChoiceField(label=_("课程性质"), required=False)
    shown = forms.ChoiceField(
        label=_("范围"), required=False, choices=[("", _("可申请和已申请")), ("all", _("全部学期"))]
    )

    def __init__(self, *args: Any, student: Student, kinds: dict[int, ConversionKind], **kwargs: Any) -> None:
        """Offer the kinds of the own plan."""
        super().__init__(*args, **kwargs)
        self.student, self.kinds = student, kinds
        names = {kind.code: kind.name for kind in kinds.values()}
        self.fields["kind"].choices = [("", _("全部")), *names.items()]  # type: ignore[attr-defined]  # a choice field

    def narrow(self, queryset: QuerySet) -> QuerySet:
        """Keep what was asked for."""
        asked = self.cleaned_data
        if asked["text"]:
            queryset = queryset.filter(
                Q(course__code__contains=asked["text"]) | Q(course__name__contains=asked["text"])
            )
        if asked["kind"]:
            mine = [course for course, kind in self.kinds.items() if kind.code == asked["kind"]]
            queryset = queryset.filter(course__in=mine)
        if asked["shown"]:
            return queryset
        now = timezone.now()
        applied = Application.objects.filter(student=self.student, offering=OuterRef("pk"))
        return queryset.filter(Q(opens_at__lte=now, closes_at__gte=now) | Exists(applied))


def offset_list(request: SignedInRequest, student: Student, version: SchemeVersion) -> HttpResponse:
    """Show the courses of the plan with their kind, what is usable for each, and what is left of the allowance."""
    kinds = kinds_for(student, version)
    found = Offering.objects.for_student(student).filter(course__in=list(kinds))
    form = OffsetFilter(request.GET or {"shown": ""}, student=student, kinds=kinds)
    listing = Listing(request, found.select_related("course", "term"), sorts=SORTS, form=form, keyset=False)
    room = room_of(student, version)
    context = {
        "listing": listing,
        "form": form,
        "rows": rows_of(student, version, listing.rows, kinds, room),
        "room": room,
        "has_plan": bool(kinds),
        "words": version.data.wording,
        "note": version.data.conversion.note,
    }
    return render(request, "conversion/offsets.html", context)


def rows_of(
    student: Student,
    version: SchemeVersion,
    found: Iterable[Offering],
    kinds: dict[int, ConversionKind],
    room: Room,
) -> list[OffsetRow]:
    """Return the lines for a page of offerings: one query for the records, one for the applications."""
    holdings = holdings_of(student, version)
    mine = list(Application.objects.filter(student=student).order_by("pk"))
    latest = {row.offering_id: row for row in mine}
    live = {row.course_id for row in mine if row.status in LIVE}
    usable = {kind.code: usable_for(kind, holdings) for kind in kinds.values()}
    return [
        OffsetRow(
            offering=row,
            kind=kinds[row.course_id],
            wanted=wanted_for(row.course.credits, version.data.conversion),
            usable=usable[kinds[row.course_id].code],
            fits=room.fits(row.course.credits),
            application=latest.get(row.pk),
            has_live=row.course_id in live,
            closed=is_open(row).reason,
        )
        for row in found
    ]
