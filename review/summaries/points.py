"""Recognised points per student, with totals by category: the list, its filter, and its export."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Exists, OuterRef, Q, Sum
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from credits.models import Category, Coverage, Lot, Scheme
from portal.listing import FilterForm, Listing, Sorts
from portal.models import College, Student
from portal.points import ZERO
from portal.spreadsheets import ExportColumn
from review.exports import CHUNK, Export
from review.summaries.access import reported_schemes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet

    from portal.models import Person

SORTS = Sorts(
    {
        "number": ("person__number", "pk"),
        "college": ("college__code", "person__number", "pk"),
        "cohort": ("cohort", "person__number", "pk"),
    },
    default="number",
)
FIELDS = (
    "pk",
    "cohort",
    "person__number",
    "person__name",
    "college__name",
    "college__code",
    "major__name",
    "class_group__name",
)


class StudentFilter(FilterForm):
    """Which students are listed."""

    main: tuple[str, ...] = ("q", "college", "cohort")
    more: tuple[str, ...] = ("group",)
    q = forms.CharField(label=_("姓名或学号"), required=False, max_length=60)
    college = forms.ModelChoiceField(College.objects.all(), label=_("学院"), required=False, empty_label=_("全部"))
    cohort = forms.IntegerField(label=_("年级"), required=False, min_value=1990, max_value=2100)
    group = forms.CharField(label=_("班级"), required=False, max_length=32)

    def narrow(self, queryset: QuerySet) -> QuerySet:
        """Keep what was asked for."""
        asked = self.cleaned_data
        if asked["college"]:
            queryset = queryset.filter(college=asked["college"])
        if asked["cohort"]:
            queryset = queryset.filter(cohort=asked["cohort"])
        if asked["group"]:
            queryset = queryset.filter(class_group__name__contains=asked["group"].strip())
        if text := asked["q"].strip():
            queryset = queryset.filter(Q(person__number__startswith=text) | Q(person__name__contains=text))
        return queryset


class PointsList:
    """The list as its address describes it; ``schemes`` is empty for people who may not read it."""

    def __init__(self, request: Any) -> None:
        self.person: Person = request.user
        self.schemes = reported_schemes(self.person)
        wanted = request.GET.get("scheme", "")
        self.scheme = next((row for row in self.schemes if row.code == wanted), next(iter(self.schemes), None))
        self.categories = list(Category.objects.filter(scheme=self.scheme)) if self.scheme else []
        students = covered_by(self.scheme) if self.scheme else Student.objects.none()
        self.listing = Listing(request, students.values(*FIELDS), sorts=SORTS, form=StudentFilter(request.GET))

    def rows(self) -> list[dict[str, Any]]:
        """Return the page's students with their points (one query more than the students')."""
        rows = self.with_points(self.listing.rows)
        for row in rows:
            row["cells"] = list(zip((category.name for category in self.categories), row["points"], strict=True))
        return rows

    def with_points(self, students: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """Add to each student the points by category and their total."""
        found = list(students)
        sums = points_of(self.scheme, [row["pk"] for row in found])
        for row in found:
            mine = sums.get(row["pk"], {})
            row["points"] = [mine.get(category.pk) for category in self.categories]
            row["total"] = sum(mine.values(), ZERO)
        return found

    def export(self, query: str) -> Export:
        """Return the same students, all pages, as a workbook."""
        return PointsExport("points", _t("学生积分汇总"), self.columns(), self.listing.queryset, query, self)

    def columns(self) -> tuple[ExportColumn, ...]:
        """Return the columns: who, one per category, the total."""
        return (
            ExportColumn(_t("学院名称"), "college__name", "text", 20),
            ExportColumn(_t("年级"), "cohort", "number", 8),
            ExportColumn(_t("专业名称"), "major__name", "text", 20),
            ExportColumn(_t("班级"), "class_group__name", "text", 12),
            ExportColumn(_t("学号"), "person__number", "text", 14),
            ExportColumn(_t("姓名"), "person__name", "text", 12),
            *(_category_column(place, category) for place, category in enumerate(self.categories)),
            ExportColumn(_t("总积分"), "total", "decimal", 10),
        )


@dataclass(frozen=True, slots=True)
class PointsExport(Export):
    """The export of the list: sums are fetched for a few thousand students at a time."""

    points: PointsList

    def rows(self) -> Iterator[dict[str, Any]]:
        """Return all students with their points."""
        students = self.queryset.iterator(chunk_size=CHUNK)
        while part := list(islice(students, CHUNK)):
            yield from self.points.with_points(part)


def covered_by(scheme: Scheme) -> QuerySet[Student]:
    """Return the students whom the scheme covers."""
    mine = Coverage.objects.filter(
        Q(cohort_from__isnull=True) | Q(cohort_from__lte=OuterRef("cohort")),
        Q(cohort_to__isnull=True) | Q(cohort_to__gte=OuterRef("cohort")),
        scheme=scheme,
        college=OuterRef("college"),
    )
    return Student.objects.filter(Exists(mine))


def points_of(scheme: Scheme | None, students: list[int]) -> dict[int, dict[int, Decimal]]:
    """Return the recognised points of these students: student → category → points, nothing for nothing (one query)."""
    lots = Lot.objects.filter(scheme=scheme, student__in=students, recognised__gt=ZERO)
    found: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for row in lots.order_by().values("student_id", "category_id").annotate(points=Sum("recognised")):
        found[row["student_id"]][row["category_id"]] = row["points"]
    return found


def _category_column(place: int, category: Category) -> ExportColumn:
    return ExportColumn(category.name, lambda row: row["points"][place], "decimal", 10)
