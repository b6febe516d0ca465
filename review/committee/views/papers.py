"""What leaves a meeting: the minutes as PDF, the decisions as a workbook."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.pdf import PDF, UnprintableText
from portal.spreadsheets import XLSX
from review.access import staff_only
from review.committee.access import seen_meeting
from review.committee.exports import COLUMNS, decision_rows
from review.committee.minutes import minutes_pdf
from review.exports import Export
from review.models import MeetingState

if TYPE_CHECKING:
    from portal.requests import SignedInRequest


@staff_only
@require_safe
def meeting_minutes(request: SignedInRequest, pk: int) -> HttpResponse:
    """Print the minutes of a meeting that is closed, or say which characters no font has."""
    row = seen_meeting(request, pk)
    if row.state != MeetingState.CLOSED:
        raise Http404
    try:
        content = minutes_pdf(row)
    except UnprintableText as error:
        context = {"meeting": row, "characters": error.characters}
        return render(request, "review/committee/unprintable.html", context, status=422)
    answer = HttpResponse(content, content_type=PDF)
    name = _("会议纪要") + f"-{row.held_at:%Y%m%d}-{row.pk}.pdf"
    answer["Content-Disposition"] = content_disposition_header(False, name) or "inline"  # noqa: FBT003 - Django's signature
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


@staff_only
@require_POST
def meeting_export(request: SignedInRequest, pk: int) -> HttpResponse:
    """Hand out the decisions of a meeting; the press leaves an event."""
    row = seen_meeting(request, pk)
    items = row.items.with_claims().order_by("position")
    export = Export("meeting", _("委员会决定"), COLUMNS, items, f"meeting={row.pk}")
    target = io.BytesIO()
    export.write(target, request.user, decision_rows(row, list(items)))
    response = HttpResponse(target.getvalue(), content_type=XLSX)
    response.headers["Content-Disposition"] = content_disposition_header(True, export.name) or "attachment"  # noqa: FBT003 - Django's signature
    return response
