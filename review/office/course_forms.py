"""The forms of a course with its grade bands, of an offering, and of a term."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from conversion.plans import offsets_courses
from conversion.services.courses import CourseData, OfferingData
from credits.evaluation.bands import Band, parse_interval
from credits.models import Category
from portal.forms import Worded
from portal.models import Term
from portal.points import PLACES, format_number
from portal.row_forms import reshaped, row_formset, unjudged
from review.office.round_forms import MomentField

if TYPE_CHECKING:
    from django.http import QueryDict

    from conversion.models import Course, Offering
    from credits.models import Scheme

PREFIX = "bands"
COHORTS = re.compile(r"[\s,，、;；]+")
EARLIEST, LATEST = 1990, 2100


class CourseForm(Worded, forms.Form):
    """What a course is called and what counts for it."""

    code = forms.CharField(label=_("课程编号"), max_length=16)
    name = forms.CharField(label=_("课程名称"), max_length=64)
    credits = forms.DecimalField(label=_("学分"), max_digits=5, decimal_places=2, min_value=PLACES)
    categories = forms.ModelMultipleChoiceField(
        Category.objects.none(),
        label=_("可选择申请类型"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("学生只能用这些类别的积分转换这门课程。"),
    )
    note = forms.CharField(label=_("说明"), max_length=200, required=False)
    is_active = forms.BooleanField(label=_("启用"), required=False, initial=True)

    def __init__(self, scheme: Scheme, *args: Any, graded: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["categories"].queryset = scheme.categories.all()  # type: ignore[attr-defined]  # a model choice field
        if not graded:  # its kind in the training plan says what counts
            self.fields["categories"].required = False


class BandForm(Worded, forms.Form):
    """One grade and the interval of converted points that earns it."""

    interval = forms.CharField(label=_("积分区间"), max_length=24)
    grade = forms.CharField(label=_("成绩"), max_length=16)

    def clean_interval(self) -> str:
        """Tell beside the row what is wrong with the interval."""
        try:
            parse_interval(self.cleaned_data["interval"])
        except ValueError as error:
            raise ValidationError(str(error)) from None
        return str(self.cleaned_data["interval"])


BandFormSet = row_formset(BandForm)


class CourseEditor:
    """The form and its bands as one thing that is shown, checked and turned into data."""

    def __init__(self, scheme: Scheme, course: Course | None, data: QueryDict | None = None) -> None:
        reshape = reshaped(data, PREFIX) if data is not None else None
        sent = reshape or data
        self.graded = not offsets_courses(scheme)
        self.form = CourseForm(scheme, sent, initial=_course_initial(course), graded=self.graded)
        self.bands = BandFormSet(sent, prefix=PREFIX, initial=_band_initial(course))
        self.is_submitted = data is not None and reshape is None
        if reshape is not None:
            unjudged(self.form, self.bands)

    def is_valid(self) -> bool:
        """Whether both the words and the bands can be read."""
        return all([self.form.is_valid(), self.bands.is_valid()])

    def data(self) -> CourseData:
        """Return what was typed, for the service."""
        facts = self.form.cleaned_data
        return CourseData(
            code=facts["code"],
            name=facts["name"],
            credits=facts["credits"],
            categories=tuple(facts["categories"]),
            bands=tuple(Band.parse(row["interval"], row["grade"]) for row in self.bands.rows),
            is_active=facts["is_active"],
            note=facts["note"],
        )

    def reject(self, error: ValidationError) -> None:
        """Show what the service found, beside its field."""
        for field, messages in error.message_dict.items():
            if field == PREFIX:
                self.bands.reject(messages)
            else:
                self.form.add_error(field if field in self.form.fields else None, messages)


class OfferingForm(Worded, forms.Form):
    """In which term, from when to when, and for which cohorts a course takes conversions."""

    term = forms.ModelChoiceField(Term.objects.all(), label=_("学年学期"), empty_label=_("请选择"))
    opens_at = MomentField(label=_("开放时间"))
    closes_at = MomentField(label=_("截止时间"))
    cohorts = forms.CharField(
        label=_("开放年级"), required=False, max_length=120, help_text=_("例如 2021、2022；空为全部年级。")
    )

    def clean_cohorts(self) -> tuple[int, ...]:
        """Read years separated by commas, spaces or the Chinese list mark."""
        parts = [part for part in COHORTS.split(self.cleaned_data["cohorts"].strip()) if part]
        if any(not part.isdecimal() or not EARLIEST <= int(part) <= LATEST for part in parts):
            raise ValidationError(_("请填写年份，用顿号隔开，例如 2021、2022。"))
        return tuple(int(part) for part in parts)

    def offering_data(self) -> OfferingData:
        """Return what was typed, for the service."""
        facts = self.cleaned_data
        return OfferingData(facts["term"], facts["opens_at"], facts["closes_at"], facts["cohorts"])


class TermForm(Worded, forms.ModelForm):
    """A term."""

    class Meta:
        model = Term
        fields = ("code", "starts_on", "ends_on")
        widgets: ClassVar = {
            "starts_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "ends_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def clean(self) -> dict[str, Any]:
        """Tell beside the field that the term ends before it begins."""
        data = super().clean() or self.cleaned_data
        starts, ends = data.get("starts_on"), data.get("ends_on")
        if starts and ends and ends <= starts:
            self.add_error("ends_on", _("结束日期必须晚于开始日期。"))
        return data


def offering_initial(offering: Offering | None) -> dict[str, Any]:
    """Return what an offering's form begins with."""
    if offering is None:
        return {}
    return {
        "term": offering.term_id,
        "opens_at": localtime(offering.opens_at),
        "closes_at": localtime(offering.closes_at),
        "cohorts": "、".join(str(cohort) for cohort in offering.cohorts),
    }


def _course_initial(course: Course | None) -> dict[str, Any]:
    if course is None:
        return {}
    names = ("code", "name", "note", "is_active")
    facts = {name: getattr(course, name) for name in names} | {"credits": format_number(course.credits)}
    return facts | {"categories": list(course.categories.all())}


def _band_initial(course: Course | None) -> list[dict[str, Any]]:
    if course is None:
        return [{}]
    return [{"interval": str(band), "grade": band.grade} for band in course.rule_bands]
