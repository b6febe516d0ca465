"""The list of sanctions: what it is narrowed and sorted by, and its export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from credits.enums import AppealState
from credits.models import Sanction
from portal.listing import FilterForm, Listing, Sorts
from portal.models import College
from portal.spreadsheets import ExportColumn
from portal.widgets import QuickInput, QuickSelect
from review.exports import Export

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.models import Person

RUNNING = "running"
SORTS = Sorts(
    {"newest": ("pk",), "number": ("student__person__number", "pk"), "until": ("appeal_until", "pk")}, default="-newest"
)
RELATED = ("student__person", "student__college", "claim__category", "scheme")
COLUMNS = (
    ExportColumn(_("受理编号"), "claim__receipt_number", "text", 20),
    ExportColumn(_("学号"), "student__person__number", "text", 14),
    ExportColumn(_("姓名"), "student__person__name", "text", 12),
    ExportColumn(_("学院名称"), "student__college__name", "text", 18),
    ExportColumn(_("年级"), "student__cohort", "number", 8),
    ExportColumn(_("申请类别"), "claim__category__name", "text", 14),
    ExportColumn(_("具体内容"), "claim__content", "text", 36),
    ExportColumn(_("查实情况"), "finding", "text", 40),
    ExportColumn(_("处理决定"), "measure", "text", 30),
    ExportColumn(_("限制申报起"), "barred_from", "date", 12),
    ExportColumn(_("限制申报止"), "barred_until", "date", 12),
    ExportColumn(_("决定时间"), "decided_at", "datetime", 18),
    ExportColumn(_("决定人"), "decided_by__name", "text", 12),
    ExportColumn(_("申诉截止"), "appeal_until", "datetime", 18),
    ExportColumn(_("申诉"), lambda row: str(AppealState(row["appeal_state"]).label), "text", 12),
    ExportColumn(_("申诉时间"), "appealed_at", "datetime", 18),
    ExportColumn(_("答复时间"), "answered_at", "datetime", 18),
)


class SanctionFilter(FilterForm):
    """Which sanctions are listed."""

    q = forms.CharField(
        label=_("搜索"),
        required=False,
        max_length=60,
        widget=QuickInput(attrs={"type": "search", "placeholder": _("姓名、学号或受理编号"), "data-key": "/"}),
    )
    appeal = forms.ChoiceField(
        label=_("申诉"),
        required=False,
        widget=QuickSelect,
        choices=[
            ("", _("全部")),
            (AppealState.FILED.value, _("待答复")),
            (RUNNING, _("申诉期内")),
            (AppealState.REJECTED.value, AppealState.REJECTED.label),
            (AppealState.UPHELD.value, AppealState.UPHELD.label),
        ],
    )
    college = forms.ModelChoiceField(
        College.objects.all(), label=_("学院"), required=False, empty_label=_("全部"), widget=QuickSelect
    )
    barred = forms.ChoiceField(
        label=_("限制申报"), required=False, widget=QuickSelect, choices=[("", _("全部")), ("1", _("今天仍受限制"))]
    )

    def narrow(self, queryset: QuerySet) -> QuerySet:
        """Keep what was asked for."""
        asked = self.cleaned_data
        if asked["appeal"] == RUNNING:
            queryset = queryset.filter(appeal_state=AppealState.NONE, appeal_until__gte=timezone.now())
        elif asked["appeal"]:
            queryset = queryset.filter(appeal_state=asked["appeal"])
        if asked["college"]:
            queryset = queryset.filter(student__college=asked["college"])
        if asked["barred"]:
            queryset = queryset.barring(timezone.localdate())  # type: ignore[attr-defined]  # the model's own queryset
        if text := asked["q"].strip():
            queryset = queryset.filter(
                Q(student__person__number__startswith=text)
                | Q(student__person__name__contains=text)
                | Q(claim__receipt_number__startswith=text)
            )
        return queryset


def sanction_listing(request: Any) -> Listing:
    """Return the sanctions in the person's reach as the address asks for them."""
    person: Person = request.user
    found = Sanction.objects.in_reach_of(person).select_related(*RELATED)
    return Listing(request, found, sorts=SORTS, form=SanctionFilter(request.GET))


def sanctions_export(request: Any, query: str) -> Export:
    """Return the same sanctions, all pages, as a workbook."""
    return Export("sanctions", _t("违规处理"), COLUMNS, sanction_listing(request).queryset, query)
