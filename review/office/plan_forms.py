"""The forms of training plans: filters, and one course of a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from conversion.services.plans import PlanEntry
from portal.forms import Worded
from portal.listing import FilterForm
from portal.models import Major
from portal.points import PLACES, format_number
from review.imports.plan_sheet import EARLIEST, LATEST, kinds_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from conversion.models import PlanCourse
    from credits.models import Scheme

ALL = [("", _("全部"))]


class PlanFilter(FilterForm):
    """Which courses of the plans are listed."""

    text = forms.CharField(label=_("课程编号或名称"), required=False, max_length=64)
    major = forms.ModelChoiceField(Major.objects.none(), label=_("专业"), required=False, empty_label=_("全部"))
    cohort = forms.TypedChoiceField(label=_("年级"), required=False, coerce=int, empty_value=None)
    kind = forms.ChoiceField(label=_("课程性质"), required=False)
    active = forms.ChoiceField(label=_("状态"), required=False, choices=[*ALL, ("1", _("启用")), ("0", _("停用"))])

    def __init__(self, *args: Any, scheme: Scheme, **kwargs: Any) -> None:
        """Offer the majors, cohorts and kinds that the scheme's plans have."""
        super().__init__(*args, **kwargs)
        rows = scheme.plan_courses.order_by()
        fields: dict[str, Any] = self.fields
        fields["major"].queryset = Major.objects.filter(pk__in=rows.values("major")).order_by("code")
        cohorts = rows.order_by("-cohort").values_list("cohort", flat=True).distinct()
        fields["cohort"].choices = [*ALL, *((cohort, str(cohort)) for cohort in cohorts)]
        fields["kind"].choices = [*ALL, *((code, name) for name, code in kinds_of(scheme).items())]

    def narrow(self, queryset: QuerySet) -> QuerySet:
        """Keep what was asked for."""
        asked = self.cleaned_data
        if asked["text"]:
            queryset = queryset.filter(
                Q(course__code__contains=asked["text"]) | Q(course__name__contains=asked["text"])
            )
        for name in ("major", "cohort", "kind"):
            if asked[name]:
                queryset = queryset.filter(**{name: asked[name]})
        return queryset.filter(is_active=asked["active"] == "1") if asked["active"] else queryset


class PlanForm(Worded, forms.Form):
    """One course of a plan. What identifies an existing one stays as it is."""

    major = forms.ModelChoiceField(Major.objects.none(), label=_("专业"), empty_label=_("请选择"))
    cohort = forms.IntegerField(label=_("年级"), min_value=EARLIEST, max_value=LATEST)
    code = forms.CharField(label=_("课程编号"), max_length=16)
    name = forms.CharField(label=_("课程名称"), max_length=64)
    credits = forms.DecimalField(label=_("学分"), max_digits=5, decimal_places=2, min_value=PLACES)
    kind = forms.ChoiceField(label=_("课程性质"), help_text=_("可用哪些类别、是否须认定相关性，由课程性质决定。"))
    is_active = forms.BooleanField(label=_("启用"), required=False, initial=True)

    def __init__(self, scheme: Scheme, row: PlanCourse | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial=_initial(row), **kwargs)
        fields: dict[str, Any] = self.fields
        fields["major"].queryset = Major.objects.filter(college__in=scheme.coverage.values("college")).order_by("code")
        fields["kind"].choices = [("", _("请选择")), *((code, name) for name, code in kinds_of(scheme).items())]
        if row is not None:
            for name in ("major", "cohort", "code"):
                fields[name].disabled = True
            fields["major"].queryset = Major.objects.filter(pk=row.major_id)

    def entry(self) -> PlanEntry:
        """Return what was typed, for the service."""
        facts = self.cleaned_data
        return PlanEntry(**{name: facts[name] for name in self.fields})


def _initial(row: PlanCourse | None) -> dict[str, Any]:
    if row is None:
        return {}
    return {
        "major": row.major_id,
        "cohort": row.cohort,
        "code": row.course.code,
        "name": row.course.name,
        "credits": format_number(row.course.credits),
        "kind": row.kind,
        "is_active": row.is_active,
    }
