"""Students with what they were recognised, for scholarship and recommendation: the list, its filters, its exports."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Exists, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from credits.academic_record import ADDS, COLUMNS, items_of, recognised_rows
from credits.models import Category, Claim, Scheme
from portal.enums import Status
from portal.listing import Listing, Sorts
from portal.models import College, Student
from portal.points import ZERO, PointsField
from portal.spreadsheets import ExportColumn
from portal.widgets import QuickInput, QuickSelect
from review.exports import CHUNK, Export
from review.summaries.access import reported_schemes
from review.summaries.points import FIELDS, StudentFilter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet

    from portal.models import Person

SORTS = Sorts(
    {
        "number": ("person__number", "pk"),
        "total": ("total", "person__number", "pk"),
        "college": ("college__code", "person__number", "pk"),
        "cohort": ("cohort", "person__number", "pk"),
    },
    default="number",
)
NOTHING = Value(ZERO, output_field=PointsField())
WHO = (
    ExportColumn(_("学号"), "person__number", "text", 14),
    ExportColumn(_("姓名"), "person__name", "text", 12),
    ExportColumn(_("学院名称"), "college__name", "text", 20),
    ExportColumn(_("年级"), "cohort", "number", 8),
    ExportColumn(_("专业名称"), "major__name", "text", 20),
    ExportColumn(_("班级"), "class_group__name", "text", 12),
)


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class RecordFilter(StudentFilter):
    """Which students are listed, and which of their records are counted."""

    main = ("q", "college", "category")
    more = ("cohort", "group", "since", "until", "least")
    q = forms.CharField(
        label=_("姓名或学号"),
        required=False,
        max_length=60,
        widget=QuickInput(attrs={"type": "search", "data-key": "/"}),
    )
    college = forms.ModelChoiceField(
        College.objects.all(), label=_("学院"), required=False, empty_label=_("全部"), widget=QuickSelect
    )
    category = forms.ModelChoiceField(
        Category.objects.none(), label=_("类别"), required=False, empty_label=_("全部"), widget=QuickSelect
    )
    since = _day(_("生效自"))
    until = _day(_("生效至"))
    least = forms.DecimalField(label=_("合计不低于"), required=False, min_value=0, max_digits=6, decimal_places=2)

    def __init__(self, *args: Any, scheme: Scheme | None, **kwargs: Any) -> None:
        """Offer the scheme's categories."""
        super().__init__(*args, **kwargs)
        if scheme is not None:
            category: Any = self.fields["category"]
            category.queryset = Category.objects.filter(scheme=scheme)

    def records(self, claims: QuerySet[Claim]) -> QuerySet[Claim]:
        """Keep of the claims what is counted: of the category, effective in the days asked for, both included."""
        asked = self.cleaned_data if self.is_bound and self.is_valid() else {}
        if asked.get("category"):
            claims = claims.filter(category=asked["category"])
        if asked.get("since"):
            claims = claims.filter(decided_at__gte=_midnight(asked["since"]))
        if asked.get("until"):
            claims = claims.filter(decided_at__lt=_midnight(asked["until"] + datetime.timedelta(days=1)))
        return claims

    def narrow(self, queryset: QuerySet) -> QuerySet:
        """Keep the students who were asked for."""
        queryset = super().narrow(queryset)
        least = self.cleaned_data["least"]
        return queryset.filter(total__gte=least) if least else queryset


class RecordList:
    """The list as its address describes it; ``schemes`` is empty for people who may not read it."""

    def __init__(self, request: Any) -> None:
        person: Person = request.user
        self.schemes = reported_schemes(person)
        wanted = request.GET.get("scheme", "")
        self.scheme = next((row for row in self.schemes if row.code == wanted), next(iter(self.schemes), None))
        self.form = RecordFilter(request.GET, scheme=self.scheme)
        self.claims = self.form.records(Claim.objects.filter(scheme=self.scheme, status=Status.RECOGNISED))
        students = with_totals(self.claims).values(*FIELDS, "total")
        self.listing = Listing(request, students, sorts=SORTS, form=self.form)

    @property
    def categories(self) -> list[Category]:
        """Return the columns: the category asked for, or all of the scheme's."""
        chosen = self.form.cleaned_data.get("category") if self.form.is_valid() else None
        return [chosen] if chosen else list(Category.objects.filter(scheme=self.scheme))

    def rows(self) -> list[dict[str, Any]]:
        """Return the page's students with their points by category (two queries more than the students')."""
        return self.with_points(self.listing.rows, self.categories)

    def with_points(self, students: Iterable[dict[str, Any]], categories: list[Category]) -> list[dict[str, Any]]:
        """Add to each student what counts in each of the categories."""
        found = list(students)
        sums = self.sums([row["pk"] for row in found])
        for row in found:
            row["cells"] = [(category.name, sums[row["pk"]].get(category.pk)) for category in categories]
        return found

    def sums(self, students: list[int]) -> dict[int, dict[int, Decimal]]:
        """Return what counts of these students: student → category → points; one query."""
        found: dict[int, dict[int, Decimal]] = defaultdict(dict)
        mine = self.claims.filter(student__in=students).order_by().values("student_id", "category_id")
        for row in mine.annotate(points=Sum(ADDS)):
            found[row["student_id"]][row["category_id"]] = row["points"]
        return found

    def summary(self, query: str) -> Export:
        """Return the students, all pages, as a workbook: a row per student."""
        return SummaryExport("records", _t("认定记录汇总"), self.columns(), self.listing.queryset, query, self)

    def summary_csv(self, query: str) -> Export:
        """Return the same as comma-separated values."""
        return replace(self.summary(query), kind="records_csv", suffix="csv")

    def details(self, query: str) -> Export:
        """Return the students' records as a workbook: a row per recognised achievement."""
        mine = self.claims.filter(student__in=self.listing.queryset.order_by().values("pk"))
        rows = recognised_rows(mine).order_by("student__person__number", "category__position", "decided_at", "pk")
        return DetailExport("record_items", _t("认定记录明细"), DETAILS, rows.values(*DETAIL_FIELDS), query)

    def columns(self) -> tuple[ExportColumn, ...]:
        """Return the columns of the summary: who, one per category, the total."""
        cells = (_cell(place, category) for place, category in enumerate(self.categories))
        return (*WHO, *cells, ExportColumn(_t("合计"), "total", "decimal", 10))


def with_totals(claims: QuerySet[Claim]) -> QuerySet[Student]:
    """Return the students who have any of these claims, each with the ``total`` that they count."""
    mine = claims.filter(student=OuterRef("pk")).order_by()
    sums = mine.values("student").annotate(points=Sum(ADDS)).values("points")
    total = Coalesce(Subquery(sums, output_field=PointsField()), NOTHING)
    return Student.objects.filter(Exists(mine)).annotate(total=total)


@dataclass(frozen=True, slots=True)
class SummaryExport(Export):
    """A row per student; the sums by category are fetched for a few thousand students at a time."""

    records: RecordList

    def rows(self) -> Iterator[dict[str, Any]]:
        """Return all students with their points."""
        students, categories = self.queryset.iterator(chunk_size=CHUNK), self.records.categories
        while part := list(islice(students, CHUNK)):
            yield from self.records.with_points(part, categories)


@dataclass(frozen=True, slots=True)
class DetailExport(Export):
    """A row per recognised achievement, with the notice by which it took effect."""

    def rows(self) -> Iterator[dict[str, Any]]:
        """Return each row with its item; notices are fetched for a few thousand at a time."""
        claims = self.queryset.iterator(chunk_size=CHUNK)
        while part := list(islice(claims, CHUNK)):
            yield from ({**row, "item": item} for row, item in zip(part, items_of(part), strict=True))


DETAILS = (
    *(ExportColumn(one.title, f"student__{one.value}", one.kind, one.width) for one in WHO),
    ExportColumn(_("类别"), lambda row: row["item"].category_name, "text", 16),
    ExportColumn(_("成果"), lambda row: row["item"].title, "text", 40),
    ExportColumn(_("学年"), lambda row: row["item"].academic_year, "text", 12),
    ExportColumn(_("认定"), lambda row: row["item"].points, "decimal", 10),
    ExportColumn(_("计入"), lambda row: row["item"].counted, "decimal", 10),
    ExportColumn(_("生效日期"), lambda row: row["item"].effective_on, "date", 12),
    ExportColumn(_("文号"), lambda row: row["item"].notice, "text", 24),
)
DETAIL_FIELDS = (*COLUMNS, *(f"student__{column.value}" for column in WHO))


def _cell(place: int, category: Category) -> ExportColumn:
    return ExportColumn(category.name, lambda row: row["cells"][place][1], "decimal", 10)


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
