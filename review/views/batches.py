"""Batch decisions: a preview that says what will happen, the action, the result row by row, and taking it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from review.access import staff_only
from review.desk import batches
from review.desk.queues import ClaimQueue
from review.filters import WAITING
from review.forms import BatchReturn
from review.models import DecisionBatch, RowState
from review.services.batches import can_undo_batch, carry_out, undo_batch

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from portal.requests import SignedInRequest

VERBS = ("approve", "return")


@staff_only
@require_GET
def batch(request: SignedInRequest) -> HttpResponse:
    """Show what would happen to each ticked row, or to all that match the filters; nothing has happened yet."""
    queue = ClaimQueue(request, show=WAITING) if "all" in request.GET else ClaimQueue(request)
    wanted = batches.matching(queue) if "all" in request.GET else batches.read_wanted(request.GET.getlist("row"))
    if not wanted:
        messages.warning(request, _("请先勾选要批量处理的申报。"))
        address = reverse("review:claims")
        return redirect(f"{address}?{queue.query}")
    return preview(request, wanted, BatchReturn())


@staff_only
@require_POST
def batch_carry_out(request: SignedInRequest) -> HttpResponse:
    """Approve or return all rows of the preview, or none of them; more than a few hundred are left to a job."""
    wanted, verb = posted(request, "row"), request.POST.get("verb", "")
    if verb not in VERBS or not wanted:
        raise Http404
    form = BatchReturn(request.POST)
    if verb == "return" and not form.is_valid():
        return preview(request, wanted, form, status=422)
    reason = form.cleaned_data["reason"] if verb == "return" else ""
    try:
        number = carry_out(request.user, verb, wanted, reason, left_out=posted(request, "left"))
    except batches.BatchRefused as refused:
        return preview(request, wanted, BatchReturn(), offenders=refused.offenders, status=409)
    return redirect("review:batch_result", number=number)


@staff_only
@require_GET
def batch_result(request: SignedInRequest, number: UUID) -> HttpResponse:
    """Show what a batch did, row by row; while a job works on it, how far it is."""
    return show(request, get_batch(request, number))


@staff_only
@require_POST
def batch_undo(request: SignedInRequest, number: UUID) -> HttpResponse:
    """Put all claims of a batch back, or say which of them hold it."""
    done = get_batch(request, number)
    try:
        count = undo_batch(done, request.user)
    except batches.BatchRefused as refused:
        return show(request, done, offenders=refused.offenders, status=409)
    messages.success(request, _("已撤回 %(count)s 条，这些申报回到原来的审核环节。") % {"count": count})
    return redirect("review:batch_result", number=number)


def get_batch(request: SignedInRequest, number: UUID) -> DecisionBatch:
    """Return a batch of the person's own (404 otherwise)."""
    found: DecisionBatch = get_object_or_404(
        DecisionBatch.objects.visible_to(request.user).select_related("job"), number=number
    )
    return found


def posted(request: SignedInRequest, name: str) -> list[batches.Wanted]:
    """Return the rows that the preview's form carried."""
    return batches.read_wanted(request.POST.getlist(name), batches.MOST_MATCHING)


def show(
    request: SignedInRequest,
    done: DecisionBatch,
    *,
    offenders: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show the rows of a batch and how many of each kind there are."""
    counts = dict(done.rows.order_by().values_list("state").annotate(Count("pk")))
    rows = done.rows.select_related("claim__student__person", "claim__category").order_by("position")
    context = {
        "batch": done,
        "rows": list(rows),
        "figures": [(state.label, counts[state]) for state in RowState if counts.get(state)],
        "done": counts.get(RowState.DONE, 0),
        "undoable": can_undo_batch(request.user, done),
        "offenders": offenders or [],
        "remaining": ClaimQueue(request, show=WAITING).remaining,
    }
    return render(request, "review/batch_result.html", context, status=status)


def preview(
    request: SignedInRequest,
    wanted: list[batches.Wanted],
    form: BatchReturn,
    *,
    offenders: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show what would happen to each of the rows, with the buttons that do it."""
    queue = ClaimQueue(request)
    context = {
        "plan": batches.plan(request.user, wanted),
        "queue": queue,
        "form": form,
        "offenders": offenders or [],
        "at_once": batches.MOST,
        "matching": queue.remaining if "all" in request.GET else None,
        "most": batches.MOST_MATCHING,
    }
    return render(request, "review/batch.html", context, status=status)
