"""导入记录: which workbooks of people, courses, plans and the library were taken in, and what came of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from portal.enums import Role
from portal.files import serve
from portal.listing import FilterForm, Listing, Sorts
from portal.models import SheetImport
from portal.models.imports import SheetKind
from portal.people_import.sheets import specs
from portal.widgets import QuickSelect
from review.services.sheet_imports import can_roll_back

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpResponseBase

    from portal.requests import SignedInRequest

SORTS = Sorts({"imported": ("pk",)}, default="-imported")
COUNTS = {
    "rows": gettext_lazy("行数"),
    "create": gettext_lazy("新建"),
    "rule": gettext_lazy("认定级别"),
    "change": gettext_lazy("修改"),
    "courses": gettext_lazy("新建或改名的课程"),
    "same": gettext_lazy("不变"),
    "new": gettext_lazy("新建"),
    "changed": gettext_lazy("修改"),
    "leaver": gettext_lazy("停用或结束"),
}


class HistoryFilter(FilterForm):
    """Of which kind."""

    kind = forms.ChoiceField(
        label=gettext_lazy("内容"),
        required=False,
        choices=[("", gettext_lazy("全部")), *SheetKind.choices],
        widget=QuickSelect,
    )

    def narrow(self, queryset: QuerySet) -> QuerySet:
        """Keep what was asked for."""
        return queryset.filter(kind=kind) if (kind := self.cleaned_data["kind"]) else queryset


@login_required
@require_safe
def import_history(request: SignedInRequest) -> HttpResponse:
    """List the imports of what the person may import, the newest first."""
    listing = history_listing(request)
    rows = [(row, report_lines(row)) for row in listing.rows]
    return render(request, "review/office/import_history.html", {"listing": listing, "rows": rows})


def history_listing(request: SignedInRequest) -> Listing:
    """Return the imports of what the person may import, as the address asks for them; 404 for whoever imports none."""
    if not (request.user.is_superuser or request.user.standing.has(Role.ADMINISTRATOR, Role.OFFICE)):
        raise Http404
    found = SheetImport.objects.visible_to(request.user).select_related("imported_by", "rolled_back_by")
    return Listing(request, found, sorts=SORTS, form=HistoryFilter(request.GET))


@login_required
@require_safe
def import_record(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show what came of one import, and what can be taken back."""
    row = imported_row(request, pk)
    context = {
        "row": row,
        "lines": report_lines(row),
        "left": row.report.get("left", []),
        "back": row.report.get("back"),
        "is_old": row.rows.filter(after__has_key="revision").exists(),
        "verdict": can_roll_back(request.user, row),
    }
    return render(request, "review/office/import_record.html", context)


@login_required
@require_safe
def import_record_workbook(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Hand over the workbook as it came; there is none where it held first passwords."""
    row = imported_row(request, pk)
    if row.workbook is None:
        raise Http404
    return serve(request, row.workbook)


def report_lines(row: SheetImport) -> list[str]:
    """Return what came of an import, in words: one line, or one for each sheet of people that changed."""
    if row.kind != SheetKind.PEOPLE:
        return [_counted(row.report)]
    titles = {name: spec.title for name, spec in specs().items()}
    return [f"{titles[name]}：{_counted(row.report[name])}" for name in titles if name in row.report]


def _counted(counts: dict[str, Any]) -> str:
    return _("，").join(f"{label} {counts[name]}" for name, label in COUNTS.items() if counts.get(name))


def imported_row(request: SignedInRequest, pk: int) -> SheetImport:
    """Return an import of what the person may import, or 404."""
    found = SheetImport.objects.visible_to(request.user).select_related("workbook", "imported_by", "rolled_back_by")
    return get_object_or_404(found, pk=pk)
