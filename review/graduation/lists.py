"""Who falls short before graduation: the list as its address describes it, its classes, and its exports."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Count, Q
from django.http import Http404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from credits.evaluation.spans import plain
from credits.minima import rules_of, sums_of, with_missing
from portal.enums import StudentKind
from portal.listing import FilterForm, Listing, Sorts, narrowed
from portal.models import ClassGroup, College
from portal.points import ZERO
from portal.spreadsheets import ExportColumn
from portal.widgets import QuickInput, QuickSelect
from review.exports import CHUNK, Export
from review.graduation.sight import TELLERS, WATCHERS, colleges_watched_by, students_watched_by, watched_schemes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet

    from credits.evaluation.minima import MinimumVerdict
    from credits.minima import Rule
    from credits.models import Scheme

SHORT, REACHED, ALL = "", "reached", "all"
# Who leaves within a year, unless asked otherwise: for the others there is time.
WITHIN = {"": datetime.timedelta(days=366), "half": datetime.timedelta(days=183)}
SORTS = Sorts(
    {
        "leaves": ("leaves_on", "-missing", "person__number", "pk"),
        "missing": ("missing", "person__number", "pk"),
        "number": ("person__number", "pk"),
        "class": ("class_group__name", "person__number", "pk"),
    },
    default="leaves",
)
CLASS_SORTS = Sorts({"class": ("name", "pk"), "short": ("short", "name", "pk")}, default="-short")
FIELDS = (
    *("pk", "person__number", "person__name", "college__name", "cohort", "kind", "leaves_on"),
    *("major__name", "class_group_id", "class_group__name", "missing"),
)


class ShortfallFilter(FilterForm):
    """Which students are listed: those who leave within a year and fall short, unless asked otherwise."""

    main = ("q", "state", "leaving", "college")
    more = ("cohort", "kind", "group")
    q = forms.CharField(
        label=_("姓名或学号"),
        required=False,
        max_length=60,
        widget=QuickInput(attrs={"type": "search", "data-key": "/"}),
    )
    state = forms.ChoiceField(
        label=_("是否达到"),
        required=False,
        choices=[(SHORT, _("未达到")), (REACHED, _("已达到")), (ALL, _("全部"))],
        widget=QuickSelect,
    )
    leaving = forms.ChoiceField(
        label=_("预计毕业"),
        required=False,
        choices=[("", _("一年内")), ("half", _("半年内")), (ALL, _("全部在籍"))],
        widget=QuickSelect,
    )
    college = forms.ModelChoiceField(
        College.objects.all(), label=_("学院"), required=False, empty_label=_("全部"), widget=QuickSelect
    )
    cohort = forms.IntegerField(label=_("年级"), required=False, min_value=1990, max_value=2100)
    kind = forms.ChoiceField(
        label=_("学生类别"), required=False, choices=[("", _("全部")), *StudentKind.choices], widget=QuickSelect
    )
    group = forms.CharField(label=_("班级"), required=False, max_length=32)

    def narrow(self, queryset: QuerySet) -> QuerySet:
        """Keep what was asked for."""
        asked = self.cleaned_data
        for name in ("college", "cohort", "kind"):
            if asked[name]:
                queryset = queryset.filter(**{name: asked[name]})
        if asked["group"]:
            queryset = queryset.filter(class_group__name__contains=asked["group"].strip())
        if asked["leaving"] in WITHIN:
            queryset = queryset.filter(leaves_on__lte=timezone.localdate() + WITHIN[asked["leaving"]])
        if text := asked["q"].strip():
            queryset = queryset.filter(Q(person__number__startswith=text) | Q(person__name__contains=text))
        if asked["state"] == ALL:
            return queryset
        return queryset.filter(missing__lte=ZERO) if asked["state"] == REACHED else queryset.filter(missing__gt=ZERO)


class Watch:
    """The students whom a person watches over under one scheme, with what each is short of; nobody else's exist."""

    roles = WATCHERS

    def __init__(self, request: Any) -> None:
        self.schemes = watched_schemes(request.user, self.roles)
        if not self.schemes:
            raise Http404
        wanted = request.GET.get("scheme", "")
        self.scheme: Scheme = next((row for row in self.schemes if row.code == wanted), self.schemes[0])
        self.rules: list[Rule] = rules_of(self.scheme)
        self.students: QuerySet = with_missing(
            students_watched_by(request.user, self.scheme, self.roles), self.scheme, self.rules
        )
        self.form = ShortfallFilter(request.GET)
        colleges = colleges_watched_by(request.user, self.scheme, self.roles)
        self.form.fields["college"].queryset = colleges  # type: ignore[attr-defined]  # a model's choice

    @cached_property
    def unit(self) -> str:
        """Return the scheme's unit of points."""
        return self.rules[0].version.data.wording["unit"] if self.rules else ""

    def judged(self, students: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """Add to each row the verdict that the student reads (one query for all)."""
        found = list(students)
        sums = sums_of(self.scheme, [row["pk"] for row in found])
        for row in found:
            rule = next(rule for rule in self.rules if rule.holds_for(row["cohort"], row["kind"]))
            row["verdict"] = rule.judge(sums[row["pk"]])
        return found

    def of_class(self, group: ClassGroup) -> list[dict[str, Any]]:
        """Return the students of a class who fall short, by number; raises ``Http404`` where the class is not seen."""
        mine = self.students.filter(class_group=group)
        if not mine.exists():
            raise Http404
        return self.judged(mine.filter(missing__gt=ZERO).order_by("person__number").values(*FIELDS))


class ShortfallList(Watch):
    """The list of students, a page at a time, and its export."""

    def __init__(self, request: Any) -> None:
        super().__init__(request)
        self.listing = Listing(request, self.students, sorts=SORTS, form=self.form, columns=FIELDS)

    def rows(self) -> list[dict[str, Any]]:
        """Return the page's students with their verdicts (one query more than the students')."""
        return self.judged(self.listing.rows)

    def workbook(self, query: str) -> Export:
        """Return the same students, all pages, as a workbook."""
        return ShortfallExport("graduation", _t("毕业预警"), COLUMNS, self.listing.queryset, query, self)


class TellableList(Watch):
    """The students who fall short, of those whom the filters show and the person may write to."""

    roles = TELLERS

    def __init__(self, request: Any) -> None:
        super().__init__(request)
        if request.GET.get("scheme", self.scheme.code) != self.scheme.code:
            raise Http404  # another scheme would be told of than the one that the list showed
        short = narrowed(self.students, self.form).filter(missing__gt=ZERO)
        self.queryset = short.order_by(*SORTS.fields(SORTS.default))


class ClassList(Watch):
    """The classes of the same students, with how many of each fall short."""

    def __init__(self, request: Any) -> None:
        super().__init__(request)
        short = narrowed(self.students, self.form).order_by().values("pk")
        groups = ClassGroup.objects.filter(students__in=short).annotate(short=Count("students"))
        fields = ("pk", "name", "cohort", "major__name", "major__college__name", "short")
        self.listing = Listing(request, groups, sorts=CLASS_SORTS, columns=fields)


@dataclass(frozen=True, slots=True)
class ShortfallExport(Export):
    """A row per student; sums are fetched for a few thousand at a time."""

    watch: Watch

    def rows(self) -> Iterator[dict[str, Any]]:
        """Return all students with their verdicts."""
        students = self.queryset.values(*FIELDS).iterator(chunk_size=CHUNK)
        while part := list(islice(students, CHUNK)):
            yield from self.watch.judged(part)


def _missing(row: dict[str, Any]) -> Decimal:
    verdict: MinimumVerdict = row["verdict"]
    return verdict.missing


def lacking_words(row: dict[str, Any]) -> str:
    """Say what a judged row lacks, demand by demand."""
    values = ({"label": d.label, "there": plain(d.there), "least": plain(d.least)} for d in row["verdict"].lacking)
    return _t("；").join(_t("%(label)s %(there)s，应不少于 %(least)s") % each for each in values)


COLUMNS = (
    ExportColumn(_("学院名称"), "college__name", "text", 20),
    ExportColumn(_("年级"), "cohort", "number", 8),
    ExportColumn(_("专业名称"), "major__name", "text", 20),
    ExportColumn(_("班级"), "class_group__name", "text", 12),
    ExportColumn(_("学号"), "person__number", "text", 14),
    ExportColumn(_("姓名"), "person__name", "text", 12),
    ExportColumn(_("学生类别"), lambda row: str(StudentKind(row["kind"]).label), "text", 12),
    ExportColumn(_("预计毕业日期"), "leaves_on", "date", 12),
    ExportColumn(_("毕业最低要求"), lambda row: row["verdict"].minimum.name, "text", 24),
    ExportColumn(_("还差"), _missing, "decimal", 8),
    ExportColumn(_("差在哪里"), lacking_words, "text", 40),
    ExportColumn(_("依据"), lambda row: row["verdict"].cite, "text", 24),
)
