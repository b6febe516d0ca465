"""The signed paper forms: found by number or QR code, received, missed; and the college's list of results."""

from __future__ import annotations

import datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django import forms
from django.db.models import Q, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from conversion.models import Application, Course, Form
from portal.enums import Status
from portal.listing import FilterForm, Sorts
from portal.models import Term
from portal.widgets import QuickInput, QuickSelect
from review.desk.ages import midnight, waited
from review.desk.offered import CHOICES_SHOWN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.models import Person

MISSING_SORTS = Sorts(
    {"issued": ("issued_at", "pk"), "number": ("application__student__person__number", "pk")}, default="issued"
)
MISSING_COLUMNS = (
    "pk",
    "number",
    "issued_at",
    "application_id",
    "application__cohort",
    "application__course__name",
    "application__offering__term__code",
    "application__student__person__number",
    "application__student__person__name",
    "application__student__person__phone",
    "application__phone",
    "application__student__class_group__name",
)
RESULTS_SHOWN = 2000
# For how many days a form can have been out at least when the list is narrowed.
OVERDUE = (7, 14, 30)


def find_form(person: Person, text: str) -> Form | None:
    """Return the form with this number or code, of those in the person's reach; the QR code's address works as well."""
    if not _word(text):
        return None
    reach = Application.objects.in_reach_of(person)
    found = Form.objects.filter(code_in(text), application__in=reach)
    return (
        found.select_related(
            "filing__filed_by",
            "application__student__person",
            "application__student__class_group",
            "application__college",
            "application__course",
            "application__scheme",
            "application__offering__term",
        )
        .order_by("-pk")
        .first()
    )


def code_in(text: str) -> Q:
    """Return the question for the form whose number, code or address this is."""
    word = _word(text)
    return Q(number__iexact=word) | Q(code=word)


def _word(text: str) -> str:
    word = text.strip()
    if "/" not in word:
        return word
    try:
        path = urlsplit(word).path
    except ValueError:  # a code of somebody else's that only looks like an address
        return word
    return path.rstrip("/").rpartition("/")[2]


class MissingFilter(FilterForm):
    """What the list of the missing papers can be narrowed by."""

    q = forms.CharField(
        label=_("搜索"),
        required=False,
        max_length=60,
        widget=QuickInput(attrs={"type": "search", "placeholder": _("姓名、学号或表单编号"), "data-key": "/"}),
    )
    term = forms.ChoiceField(widget=QuickSelect, label=_("学年学期"), required=False)
    course = forms.ChoiceField(widget=QuickSelect, label=_("课程"), required=False)
    group = forms.CharField(
        label=_("班级"), required=False, max_length=32, widget=QuickInput(attrs={"placeholder": _("班级名称")})
    )
    days = forms.ChoiceField(
        label=_("出具已超过"),
        required=False,
        choices=[("", _("不限")), *((days, format_lazy(_("{days} 天"), days=days)) for days in OVERDUE)],
        widget=QuickSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer terms and courses."""
        super().__init__(*args, **kwargs)
        self.fields["term"].choices = cache(_terms)  # type: ignore[attr-defined]  # a choice field
        self.fields["course"].choices = cache(_courses)  # type: ignore[attr-defined]  # a choice field

    def narrow(self, queryset: QuerySet) -> QuerySet:
        """Return the rows that fit."""
        asked = self.cleaned_data
        if asked["term"]:
            queryset = queryset.filter(application__offering__term_id=int(asked["term"]))
        if asked["course"]:
            queryset = queryset.filter(application__course_id=int(asked["course"]))
        if asked["group"]:
            queryset = queryset.filter(application__student__class_group__name__contains=asked["group"].strip())
        if asked["days"]:
            queryset = queryset.filter(issued_at__lt=midnight() - datetime.timedelta(days=int(asked["days"])))
        if text := asked["q"].strip():
            queryset = queryset.filter(
                Q(application__student__person__number__startswith=text)
                | Q(application__student__person__name__contains=text)
                | Q(number__startswith=text)
            )
        return queryset


def _terms() -> list[tuple[Any, Any]]:
    return [("", _("不限")), *Term.objects.values_list("pk", "code")[:CHOICES_SHOWN]]


def _courses() -> list[tuple[Any, Any]]:
    rows = Course.objects.values_list("pk", "code", "name")[:CHOICES_SHOWN]
    return [("", _("不限")), *((pk, f"{code} {name}") for pk, code, name in rows)]


def missing_rows(person: Person) -> QuerySet:
    """Return the valid forms in the person's reach whose signed paper has not been received."""
    reach = Application.objects.in_reach_of(person).filter(status=Status.RECOGNISED)
    return Form.objects.missing().filter(application__in=reach)


def with_days(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add how many days each form has been out."""
    return [{**row, "days": waited(row["issued_at"])} for row in rows]


class ResultsFilter(FilterForm):
    """Which conversions the college lists."""

    term = forms.ChoiceField(widget=QuickSelect, label=_("学年学期"), required=False)
    college = forms.ChoiceField(widget=QuickSelect, label=_("学院"), required=False)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        """Offer terms, and colleges to those who see several."""
        super().__init__(*args, **kwargs)
        reach = Application.objects.in_reach_of(person).filter(status=Status.RECOGNISED)
        self.colleges = list(reach.order_by("college__code").values_list("college_id", "college__name").distinct())
        self.fields["term"].choices = cache(_terms)  # type: ignore[attr-defined]  # a choice field
        self.fields["college"].choices = [("", _("不限")), *self.colleges]  # type: ignore[attr-defined]  # as above

    def narrow(self, queryset: QuerySet) -> QuerySet:
        """Return the rows that fit."""
        asked = self.cleaned_data
        if asked["term"]:
            queryset = queryset.filter(offering__term_id=int(asked["term"]))
        if asked["college"]:
            queryset = queryset.filter(college_id=int(asked["college"]))
        return queryset


def result_rows(person: Person) -> QuerySet:
    """Return the approved conversions in the person's reach, in the order in which a list is read."""
    reach = Application.objects.in_reach_of(person).filter(status=Status.RECOGNISED)
    return reach.order_by("course__code", "student__class_group__name", "student__person__number", "pk").values(
        "pk",
        "total",
        "grade",
        "decided_at",
        "college__name",
        "course__code",
        "course__name",
        "offering__term__code",
        "student__person__number",
        "student__person__name",
        "student__class_group__name",
    )
