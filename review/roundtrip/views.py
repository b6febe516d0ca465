"""The pages of the round trip: hand a workbook out, take it in, show every difference, carry out, hand out the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.files import serve
from portal.jobs import enqueue
from portal.listing import Listing, Sorts
from portal.wording import wording_for
from review.access import staff_only
from review.models import DecisionSheet, SheetState
from review.office.imports import workbook_response
from review.roundtrip.comparing import DONE, REFUSED, WILL
from review.roundtrip.forms import SheetForm
from review.roundtrip.jobs import KIND, running_job
from review.roundtrip.queue import refused_rows, waiting_claims, waiting_queue
from review.roundtrip.rules import can_review_by_sheet
from review.roundtrip.sheet import MOST
from review.roundtrip.writing import DecisionBook, SheetLine
from review.services.imports import BatchMoved
from review.services.roundtrip import apply_sheet, discard_sheet, record_handing_out, stage_sheet

if TYPE_CHECKING:
    from django.http import HttpResponse, HttpResponseBase

    from portal.requests import SignedInRequest

SORTS = Sorts({"created": ("created_at", "pk")}, default="-created")
JOB_FROM_ROWS = 200
OK, REFUSED_STATUS = 200, 422


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def sheets(request: SignedInRequest) -> HttpResponse:
    """Hand the queue out and take a filled-in workbook in, above the workbooks of before."""
    _let_in(request)
    form = SheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            sheet = stage_sheet(request.user, form.cleaned_data["workbook"], wording_for(request.user))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("review:sheet", pk=sheet.pk)
    mine = DecisionSheet.objects.visible_to(request.user).select_related("workbook").defer("lines")
    context = {
        "form": form,
        "queue": waiting_queue(request),
        "most": MOST,
        "listing": Listing(request, mine, sorts=SORTS, keyset=False),
    }
    return render(request, "review/roundtrip/sheets.html", context, status=REFUSED_STATUS if form.is_bound else OK)


@staff_only
@require_POST
def sheet_export(request: SignedInRequest) -> HttpResponse:
    """Hand out what the filters show and what waits for the person, as a workbook made for deciding."""
    _let_in(request)
    queue = waiting_queue(request)
    claims, left = waiting_claims(queue)
    if not claims:
        messages.warning(request, _("没有等待您审核、现在可以处理的申报。"))
        return redirect(f"{reverse('review:sheets')}?{queue.query}")
    content = _book(request).write([SheetLine(claim) for claim in claims], left=left)
    record_handing_out(request.user, _("审核工作簿"), {"query": queue.query, "rows": len(claims)})
    return _handed_out(content, _("审核工作簿"))


@staff_only
@require_safe
def sheet(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a workbook: what each row would do while it waits, what became of it afterwards."""
    row = _sheet(request, pk)
    refused = [line for line in row.lines if line["outcome"] == REFUSED]
    context = {
        "sheet": row,
        "refused": refused,
        "acting": [line for line in row.lines if line["outcome"] in {WILL, DONE}],
        "job": running_job(row) if row.state == SheetState.PREVIEWED else None,
        "waits": row.state == SheetState.PREVIEWED,
        "by_job": row.decided > JOB_FROM_ROWS,
    }
    return render(request, "review/roundtrip/sheet.html", context)


@login_required
@require_safe
def sheet_workbook(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Hand over the workbook as it came."""
    return serve(request, _sheet(request, pk).workbook)


@staff_only
@require_POST
def sheet_apply(request: SignedInRequest, pk: int) -> HttpResponse:
    """Carry out the rows: at once when they are few, as a job with progress when they are many."""
    row = _sheet(request, pk)
    if row.state == SheetState.PREVIEWED and row.decided > JOB_FROM_ROWS:
        if running_job(row) is None:
            enqueue(KIND, request.user, sheet=row.pk)
        return redirect("review:sheet", pk=pk)
    try:
        apply_sheet(row, request.user)
    except BatchMoved:
        messages.warning(request, _("这份工作簿已经处理过，没有重复执行。"))
    else:
        facts = {"decided": row.decided, "refused": row.refused}
        messages.success(request, _("已执行 %(decided)s 条，被拒绝 %(refused)s 条。") % facts)
    return redirect("review:sheet", pk=pk)


@staff_only
@require_POST
def sheet_discard(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put a staged workbook away."""
    try:
        discard_sheet(_sheet(request, pk), request.user)
    except BatchMoved:
        messages.warning(request, _("这份工作簿已经处理过。"))
    else:
        messages.success(request, _("已放弃，没有执行任何决定。"))
    return redirect("review:sheets")


@staff_only
@require_POST
def sheet_refused(request: SignedInRequest, pk: int) -> HttpResponse:
    """Hand out the refused rows as a workbook to correct: with the facts of now, new tokens and the reasons."""
    row = _sheet(request, pk)
    again, lost = refused_rows(row, request.user)
    if not again and not lost:
        raise Http404
    content = _book(request).write(again, lost)
    record_handing_out(request.user, row.workbook.name, {"rows": len(again), "lost": len(lost)}, row.pk)
    return _handed_out(content, _("被拒绝的行"))


def _let_in(request: SignedInRequest) -> None:
    if not can_review_by_sheet(request.user):
        raise Http404


def _sheet(request: SignedInRequest, pk: int) -> DecisionSheet:
    _let_in(request)
    return get_object_or_404(DecisionSheet.objects.visible_to(request.user).select_related("workbook"), pk=pk)


def _book(request: SignedInRequest) -> DecisionBook:
    pattern = request.build_absolute_uri(reverse("review:claim", args=[0]))
    head, _zero, tail = pattern.rpartition("0")
    return DecisionBook(request.user, wording_for(request.user), lambda pk: f"{head}{pk}{tail}")


def _handed_out(content: bytes, title: str) -> HttpResponse:
    return workbook_response(content, f"{title}-{timezone.localtime():%Y%m%d-%H%M}.xlsx")
