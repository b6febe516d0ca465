"""The claims of a replay under both versions: the list, its filter, its export, and the distribution's bars."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import Http404
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from credits.models import Category, Replay
from credits.services.replays import CHANGED, DOWN, IMPOSSIBLE, POSSIBLE, UP
from portal.listing import FilterForm, Listing, Sorts
from portal.models import College
from portal.points import format_points
from portal.spreadsheets import ExportColumn
from review.exports import Export

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

SORTS = Sorts(
    {"difference": ("difference", "pk"), "number": ("claim__student__person__number", "pk")}, default="difference"
)
SHOWN = {
    "": (_("有变化"), CHANGED),
    "up": (_("提高"), UP),
    "down": (_("降低"), DOWN),
    "impossible": (_("草案下不能认定"), IMPOSSIBLE),
    "possible": (_("草案下可以认定"), POSSIBLE),
    "all": (_("全部"), None),
}
COLUMNS = (
    ExportColumn(_("受理编号"), "claim__receipt_number", "text", 20),
    ExportColumn(_("学号"), "claim__student__person__number", "text", 14),
    ExportColumn(_("姓名"), "claim__student__person__name", "text", 12),
    ExportColumn(_("学院名称"), "claim__college__name", "text", 20),
    ExportColumn(_("年级"), "claim__cohort", "number", 8),
    ExportColumn(_("活动名称"), "claim__round__name", "text", 24),
    ExportColumn(_("申请类别"), "claim__category__name", "text", 14),
    ExportColumn(_("具体内容"), "claim__content", "text", 40),
    ExportColumn(_("现行下限"), "before_low", "decimal", 10),
    ExportColumn(_("现行上限"), "before_high", "decimal", 10),
    ExportColumn(_("草案下限"), "after_low", "decimal", 10),
    ExportColumn(_("草案上限"), "after_high", "decimal", 10),
    ExportColumn(_("变化"), "difference", "decimal", 10),
    ExportColumn(_("草案没有结果的原因"), "problem", "text", 40),
)
FIELDS = ("pk", "claim_id", "claim__status", *(str(column.value) for column in COLUMNS))
BAR_WHOLE = 100


class ReplayFilter(FilterForm):
    """Which claims are listed; without a choice only those that change."""

    show = forms.ChoiceField(
        label=_("变化"), required=False, choices=[(key, label) for key, (label, _condition) in SHOWN.items()]
    )
    category = forms.ModelChoiceField(
        Category.objects.none(), label=_("申请类别"), required=False, empty_label=_("全部")
    )
    college = forms.ModelChoiceField(College.objects.none(), label=_("学院"), required=False, empty_label=_("全部"))

    def __init__(self, *args: Any, replay: Replay, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        category: Any = self.fields["category"]
        category.queryset = replay.draft.scheme.categories.all()
        college: Any = self.fields["college"]
        college.queryset = College.objects.filter(pk__in=replay.rows.values("claim__college"))

    def narrow(self, queryset: QuerySet) -> QuerySet:
        """Keep what was asked for."""
        asked = self.cleaned_data
        condition = SHOWN[asked["show"]][1]
        if condition is not None:
            queryset = queryset.filter(condition)
        if asked["category"]:
            queryset = queryset.filter(claim__category=asked["category"])
        return queryset.filter(claim__college=asked["college"]) if asked["college"] else queryset


class ReplayList:
    """The list as its address describes it."""

    def __init__(self, request: Any, replay: Replay) -> None:
        self.replay = replay
        form = ReplayFilter(request.GET, replay=replay)
        self.listing = Listing(request, replay.rows.values(*FIELDS), sorts=SORTS, form=form)

    def export(self, query: str) -> Export:
        """Return the same claims, all pages, as a workbook."""
        return Export("replay", _t("影响测算"), COLUMNS, self.listing.queryset, query)


def asked_replay(request: Any) -> Replay:
    """Return the replay that an export's address names, if the person may read it."""
    number = request.GET.get("replay", "")
    found = Replay.objects.visible_to(request.user).select_related("draft__scheme")
    row = found.filter(pk=number, finished_at__isnull=False).first() if number.isdecimal() else None
    if row is None:
        raise Http404
    return row


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of the distribution: its interval, how many claims, and the bar's length as SVG writes it."""

    label: str
    count: int
    width: str
    tone: str  # up, down, same


def bars(bins: Sequence[Sequence[Any]]) -> list[Bar]:
    """Return the distribution's bars, the longest as long as there is room."""
    most = max((count for _low, _high, count in bins), default=0) or 1
    return [_bar(Decimal(low), Decimal(high), count, most) for low, high, count in bins]


def _bar(low: Decimal, high: Decimal, count: int, most: int) -> Bar:
    width = f"{BAR_WHOLE * count / most:.2f}%"
    if low == high:
        return Bar(_t("不变"), count, width, "same")
    ends = f"{_signed(low)}, {_signed(high)}"
    return Bar(f"({ends}]", count, width, "up") if high > 0 else Bar(f"[{ends})", count, width, "down")


def _signed(number: Decimal) -> str:
    sign = "+" if number > 0 else "−" if number < 0 else ""
    return sign + (format_points(abs(number)) if number else "0")
