"""The office's pages of replays (影响测算): ask for one, follow it, read what it found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from credits.models import Replay
from credits.services.replays import job_of, start_replay
from review.office.draft_forms import ReplayForm
from review.office.drafts import OK, REFUSED, draft_context, draft_or_404
from review.office.replay_list import ReplayList, bars
from review.views.exports import answer, taken

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.requests import SignedInRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def draft_replays(request: SignedInRequest, pk: int) -> HttpResponse:
    """List the replays of a draft, and ask for another."""
    row = draft_or_404(request, pk, to_change=request.method == "POST")
    form = ReplayForm(row.scheme, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            replay = start_replay(row, request.user, list(form.cleaned_data["rounds"]))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("review:replay", pk=replay.pk)
    replays = row.replays.select_related("created_by").prefetch_related("rounds")
    context = {**draft_context(request, row, "replays"), "form": form, "replays": replays}
    return render(request, "review/office/draft_replays.html", context, status=REFUSED if form.is_bound else OK)


@login_required
@require_safe
def replay(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show how far a replay is, then what it found: figures, distribution, who changes."""
    row = get_object_or_404(
        Replay.objects.visible_to(request.user)
        .select_related("draft__scheme", "created_by")
        .prefetch_related("rounds"),
        pk=pk,
    )
    context: dict[str, Any] = {"replay": row, "draft": row.draft, "scheme": row.draft.scheme}
    if row.finished_at is None:
        return render(request, "review/office/replay_running.html", {**context, "job": job_of(row)})
    found = ReplayList(request, row)
    context |= {"listing": found.listing, "form": found.listing.form, "bars": bars(row.summary["bins"])}
    return render(request, "review/office/replay.html", context)


@login_required
@taken
def replay_export(request: SignedInRequest, pk: int) -> HttpResponse:
    """Hand out the claims that the filters show, under both versions."""
    if request.GET.get("replay") != str(pk) or not Replay.objects.visible_to(request.user).filter(pk=pk).exists():
        raise Http404
    return answer(request, "replay")
