"""Batch decisions: a preview that says what will happen, the action, the result row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from review.access import staff_only
from review.desk import batches
from review.desk.queues import ClaimQueue
from review.filters import WAITING
from review.forms import BatchReturn

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from portal.requests import SignedInRequest

VERBS = ("approve", "return")


@staff_only
@require_GET
def batch(request: SignedInRequest) -> HttpResponse:
    """Show what would happen to each ticked row; nothing has happened yet."""
    wanted = batches.read_wanted(request.GET.getlist("row"))
    queue = ClaimQueue(request)
    if not wanted:
        messages.warning(request, _("请先勾选要批量处理的申报。"))
        address = reverse("review:claims")
        return redirect(f"{address}?{queue.query}")
    return preview(request, wanted, BatchReturn())


@staff_only
@require_POST
def batch_carry_out(request: SignedInRequest) -> HttpResponse:
    """Approve or return all rows of the preview, or none of them."""
    wanted, verb = batches.read_wanted(request.POST.getlist("row")), request.POST.get("verb", "")
    if verb not in VERBS or not wanted:
        raise Http404
    form = BatchReturn(request.POST)
    if verb == "return" and not form.is_valid():
        return preview(request, wanted, form, status=422)
    try:
        number = batches.carry_out(request.user, verb, wanted, form.cleaned_data["reason"] if verb == "return" else "")
    except batches.BatchRefused as refused:
        return preview(request, wanted, BatchReturn(), offenders=refused.offenders, status=409)
    return redirect("review:batch_result", number=number)


@staff_only
@require_GET
def batch_result(request: SignedInRequest, number: UUID) -> HttpResponse:
    """Show what a batch did, row by row."""
    rows = list(batches.results(request.user, number)[: batches.MOST])
    if not rows:
        raise Http404
    remaining = ClaimQueue(request, show=WAITING).remaining
    return render(request, "review/batch_result.html", {"rows": rows, "remaining": remaining})


def preview(
    request: SignedInRequest,
    wanted: list[batches.Wanted],
    form: BatchReturn,
    *,
    offenders: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show what would happen to each of the rows, with the buttons that do it."""
    context = {
        "plan": batches.plan(request.user, wanted),
        "queue": ClaimQueue(request),
        "form": form,
        "offenders": offenders or [],
    }
    return render(request, "review/batch.html", context, status=status)
