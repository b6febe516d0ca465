"""Approved conversions as the registry wants them, graded or as offsets: the lists, their filter, their exports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Case, CharField, F, OuterRef, Q, Subquery, Value, When
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from conversion.models import Application, Course, Form
from conversion.models.forms import FormState
from credits.models import SchemeVersion
from credits.querysets import schemes_of
from portal.enums import Status
from portal.listing import FilterForm, Listing, Sorts
from portal.models import College, Term
from portal.spreadsheets import ExportColumn
from review.exports import Export
from review.summaries.access import REPORTERS, reported_schemes

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from credits.models import Scheme
    from portal.models import Person

COLUMNS = (
    ExportColumn(_("学年学期"), "offering__term__code", "text", 12),
    ExportColumn(_("课程编号"), "course__code", "text", 12),
    ExportColumn(_("课程名称"), "course__name", "text", 24),
    ExportColumn(_("学分"), "course__credits", "decimal", 8),
    ExportColumn(_("学号"), "student__person__number", "text", 14),
    ExportColumn(_("姓名"), "student__person__name", "text", 12),
    ExportColumn(_("学院名称"), "college__name", "text", 20),
    ExportColumn(_("年级"), "cohort", "number", 8),
    ExportColumn(_("专业名称"), "student__major__name", "text", 20),
    ExportColumn(_("班级"), "student__class_group__name", "text", 12),
    ExportColumn(_("转换积分合计"), "total", "decimal", 12),
    ExportColumn(_("成绩"), "grade", "text", 10),
    ExportColumn(_("通过时间"), "decided_at", "datetime", 18),
    ExportColumn(_("表单编号"), "form_number", "text", 28),
    ExportColumn(_("备案时间"), "filed_at", "datetime", 18),
)
OFFSET_COLUMNS = (
    ExportColumn(_("学号"), "student__person__number", "text", 14),
    ExportColumn(_("姓名"), "student__person__name", "text", 12),
    ExportColumn(_("学院名称"), "college__name", "text", 20),
    ExportColumn(_("课程编号"), "course__code", "text", 12),
    ExportColumn(_("课程名称"), "course__name", "text", 24),
    ExportColumn(_("学分"), "offset_credits", "decimal", 8),
    ExportColumn(_("课程性质"), "kind_name", "text", 12),
    ExportColumn(_("登记为"), "grade", "text", 10),
    ExportColumn(_("冲抵合计"), "total", "decimal", 12),
    ExportColumn(_("学年学期"), "offering__term__code", "text", 12),
    ExportColumn(_("生效时间"), "decided_at", "datetime", 18),
    ExportColumn(_("发文文号"), "notice", "text", 24),
    ExportColumn(_("表单编号"), "form_number", "text", 28),
)
GRADED, OFFSETS = "grades", "offsets"
SORTS = Sorts(
    {
        "newest": ("pk",),
        "number": ("student__person__number", "pk"),
        "course": ("course__code", "student__person__number", "pk"),
    },
    default="-newest",
)


class GradeFilter(FilterForm):
    """Which conversions are listed."""

    q = forms.CharField(label=_("姓名或学号"), required=False, max_length=60)
    term = forms.ModelChoiceField(Term.objects.all(), label=_("学年学期"), required=False, empty_label=_("全部"))
    course = forms.ModelChoiceField(Course.objects.none(), label=_("课程"), required=False, empty_label=_("全部"))
    college = forms.ModelChoiceField(College.objects.all(), label=_("学院"), required=False, empty_label=_("全部"))
    filed = forms.ChoiceField(
        label=_("备案"), required=False, choices=[("", _("全部")), ("1", _("已备案")), ("0", _("未备案"))]
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        course: Any = self.fields["course"]
        course.queryset = Course.objects.filter(schemes_of(person, REPORTERS))

    def narrow(self, queryset: QuerySet) -> QuerySet:
        """Keep what was asked for."""
        asked = self.cleaned_data
        if asked["term"]:
            queryset = queryset.filter(offering__term=asked["term"])
        if asked["course"]:
            queryset = queryset.filter(course=asked["course"])
        if asked["college"]:
            queryset = queryset.filter(college=asked["college"])
        if asked["filed"]:
            queryset = queryset.filter(filed_at__isnull=asked["filed"] == "0")
        if text := asked["q"].strip():
            queryset = queryset.filter(
                Q(student__person__number__startswith=text) | Q(student__person__name__contains=text)
            )
        return queryset


class GradeList:
    """The list as its address describes it; ``schemes`` is empty for people who may not read it."""

    def __init__(self, request: Any) -> None:
        person: Person = request.user
        self.schemes = reported_schemes(person)
        names = kind_names(self.schemes)
        self.kinds = [GRADED] * (len(names) < len(self.schemes)) + [OFFSETS] * bool(names)
        asked = request.GET.get("list")
        self.kind = asked if asked in self.kinds else next(iter(self.kinds), GRADED)
        self.columns = OFFSET_COLUMNS if self.offsets else COLUMNS
        forms_ = Form.objects.filter(application=OuterRef("pk"), state=FormState.VALID)
        found = Application.objects.filter(schemes_of(person, REPORTERS), status=Status.RECOGNISED).annotate(
            form_number=Subquery(forms_.values("number")[:1]), filed_at=Subquery(forms_.values("filing__filed_at")[:1])
        )
        found = found.exclude(course_kind="") if self.offsets else found.filter(course_kind="")
        fields = ["pk", *(column.value for column in self.columns if isinstance(column.value, str)), "filed_at"]
        found = found.annotate(kind_name=named_kind(names)) if self.offsets else found
        form = GradeFilter(request.GET, person=person)
        self.listing = Listing(request, found.values(*dict.fromkeys(fields)), sorts=SORTS, form=form)

    @property
    def offsets(self) -> bool:
        """Whether this is the list of offsets, which have no grade."""
        return self.kind == OFFSETS

    @property
    def tabs(self) -> list[tuple[str, str, bool]]:
        """Return the lists to choose from where there are two: value, label, whether it is this one."""
        labels = {GRADED: _t("成绩登记"), OFFSETS: _t("冲抵登记")}
        return [(kind, labels[kind], kind == self.kind) for kind in self.kinds] if len(self.kinds) > 1 else []

    def export(self, query: str) -> Export:
        """Return the same conversions, all pages, as a workbook."""
        title = _t("冲抵登记") if self.offsets else _t("转换成绩登记")
        return Export("grades", title, self.columns, self.listing.queryset, query)


def kind_names(schemes: list[Scheme]) -> dict[int, dict[str, str]]:
    """Return the kinds of courses by code, of each scheme that offsets, as its newest text names them; one query."""
    versions = SchemeVersion.objects.filter(scheme__in=schemes).order_by("effective_from", "pk")
    newest = {version.scheme_id: version.data.conversion for version in versions}
    return {scheme: {kind.code: kind.name for kind in data.kinds} for scheme, data in newest.items() if data.offsets}


def named_kind(names: dict[int, dict[str, str]]) -> Case:
    """Return the kind's name beside each row, its code where the newest text does not know it any more."""
    known = [
        When(scheme=scheme, course_kind=code, then=Value(name))
        for scheme, kinds in names.items()
        for code, name in kinds.items()
    ]
    return Case(*known, default=F("course_kind"), output_field=CharField())
