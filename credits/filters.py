"""Filters of the students' lists; their state is the address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.enums import Status
from portal.listing import FilterForm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from portal.wording import Wording

ALL = ("", _("全部"))


class ClaimFilter(FilterForm):
    """Narrows one student's claims by year, category and status."""

    year = forms.ChoiceField(label=_("学年"), required=False)
    category = forms.ChoiceField(required=False)
    status = forms.ChoiceField(label=_("审核状态"), required=False, choices=[ALL, *Status.choices])

    def __init__(self, data: Mapping[str, Any], mine: QuerySet, words: Wording) -> None:
        super().__init__(data)
        # One query for both lists: a student has a handful of years and categories.
        pairs = list(mine.order_by().values_list("academic_year", "category__code", "category__name").distinct())
        years = sorted({year for year, _code, _name in pairs}, reverse=True)
        self.fields["year"].choices = [ALL, *((year, year) for year in years)]  # type: ignore[attr-defined]  # a ChoiceField
        names = dict(sorted((code, name) for _year, code, name in pairs))
        self.fields["category"].choices = [ALL, *names.items()]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["category"].label = str(words.get("category", _("申请类别")))

    def narrow(self, queryset: QuerySet) -> QuerySet:
        """Apply what was asked."""
        asked = self.cleaned_data
        if asked["year"]:
            queryset = queryset.filter(academic_year=asked["year"])
        if asked["category"]:
            queryset = queryset.filter(category__code=asked["category"])
        if asked["status"]:
            queryset = queryset.filter(status=asked["status"])
        return queryset
