"""一致确认: a preview of the items that nobody disputes, one press, and the result row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from review.access import staff_only
from review.committee.access import kept_meeting, seen_meeting, told_when_late
from review.committee.tally import quorum_of
from review.committee.unanimous import open_rows, results
from review.desk.batches import MOST, BatchRefused, read_wanted
from review.models import MeetingState
from review.services.sitting import confirm_unanimously

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from portal.requests import SignedInRequest
    from review.models import Meeting


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
@told_when_late
def meeting_unanimous(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show which items can be confirmed together, and confirm the ticked ones: all of them, or none."""
    row = kept_meeting(request, pk)
    if request.method != "POST":
        if row.state != MeetingState.OPEN:
            raise Http404
        return _preview(request, row)
    wanted = read_wanted(request.POST.getlist("row"))
    try:
        number = confirm_unanimously(row, request.user, wanted)
    except BatchRefused as refused:
        return _preview(request, row, offenders=refused.offenders, status=409 if wanted else 422)
    return redirect("review:meeting_unanimous_result", pk=row.pk, number=number)


@staff_only
@require_safe
def meeting_unanimous_result(request: SignedInRequest, pk: int, number: UUID) -> HttpResponse:
    """Show what one press confirmed."""
    row = seen_meeting(request, pk)
    items = list(results(request.user, row, number)[:MOST])
    if not items:
        raise Http404
    return render(request, "review/committee/unanimous_result.html", {"meeting": row, "items": items})


def _preview(
    request: SignedInRequest, row: Meeting, *, offenders: list[tuple[str, str]] | None = None, status: int = 200
) -> HttpResponse:
    rows = open_rows(row)
    called, present = row.attendances.count(), row.attendances.filter(present=True).count()
    context = {
        "meeting": row,
        "ready": [one for one in rows if not one.fault and not one.doubt],
        "left_out": [one for one in rows if one.fault or one.doubt],
        "offenders": offenders,
        "called": called,
        "present": present,
        "quorum": quorum_of(called),
    }
    return render(request, "review/committee/unanimous.html", context, status=status)
