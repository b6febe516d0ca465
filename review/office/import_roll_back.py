"""The page on which an import is taken back: what exactly would happen, row by row, and the press that does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from portal.forms import Worded
from portal.jobs import enqueue
from portal.models import Job
from review.office.import_history import imported_row
from review.services.sheet_imports import PreviewMoved, can_roll_back, roll_back_sheet, taking_back

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpResponse

    from portal.models import SheetImport
    from portal.requests import SignedInRequest
    from portal.taking_back import Line, TakingBack

JOB, JOB_FROM_ROWS = "roll_back_import", 2000
SHOWN = 200
OK, CONFLICT, REFUSED = 200, 409, 422


class TakeBackForm(Worded, forms.Form):
    """Why an import is taken back, and the numbers that the page showed."""

    reason = forms.CharField(label=gettext_lazy("撤回理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    removed = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    restored = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    left = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    @property
    def seen(self) -> tuple[int, int, int]:
        """What was confirmed."""
        removed, restored, left = (self.cleaned_data[name] for name in ("removed", "restored", "left"))
        return removed, restored, left


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def import_record_roll_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show what taking the import back does, and do it: at once when it is little, as a job when it is much."""
    row = imported_row(request, pk)
    if not can_roll_back(request.user, row):
        if request.method != "POST":
            raise Http404
        messages.warning(request, _("这次导入没有可以撤回的内容。"))
        return redirect("review:import_record", pk=pk)
    form = TakeBackForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, row, form, REFUSED if form.is_bound else OK)
    reason, seen = form.cleaned_data["reason"], form.seen
    if sum(seen) > JOB_FROM_ROWS:
        job = running_job(row) or enqueue(JOB, request.user, about=row.name, row=pk, reason=reason, seen=list(seen))
        return redirect("job_detail", job.pk)
    try:
        plan = roll_back_sheet(row, request.user, reason=reason, seen=seen)
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, row, form, REFUSED)
    except PreviewMoved:
        form.add_error(None, _("预览之后情况有变，什么都没有撤回。请核对下面的最新内容后再确认。"))
        return _page(request, row, form, CONFLICT)
    messages.success(request, done(plan.numbers))
    return redirect("review:import_record", pk=pk)


def done(numbers: tuple[int, int, int]) -> str:
    """Say what was done, in numbers."""
    removed, restored, left = numbers
    text = _("已撤回：删除 %(removed)s 行，恢复 %(restored)s 行，保留 %(left)s 行。")
    return text % {"removed": removed, "restored": restored, "left": left}


def running_job(row: SheetImport) -> Job | None:
    """Return the job that takes the import back at this moment."""
    return Job.objects.active().filter(kind=JOB, params__row=row.pk).first()


def _page(request: SignedInRequest, row: SheetImport, form: TakeBackForm, status: int) -> HttpResponse:
    plan = taking_back(row, request.user)
    context = {
        "row": row,
        "plan": plan,
        "form": form,
        "parts": _parts(plan),
        "job": running_job(row),
    }
    return render(request, "review/office/import_roll_back_sheet.html", context, status=status)


def _parts(plan: TakingBack) -> list[dict[str, Any]]:
    """Return the three parts of the preview, what stays first, each with as many rows as a page holds."""
    parts: tuple[tuple[str, str, Sequence[Line]], ...] = (
        ("left", _("保留不动"), plan.left),
        ("restored", _("恢复到导入前"), plan.restored),
        ("removed", _("删除"), plan.removed),
    )
    return [
        {"name": name, "title": title, "count": len(lines), "lines": lines[:SHOWN], "hidden": len(lines[SHOWN:])}
        for name, title, lines in parts
        if lines
    ]
