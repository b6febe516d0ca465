"""Exports of the desks' lists: at once when small, as a job when large."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from portal.jobs import enqueue
from portal.listing import capped_count
from portal.requests import SignedInRequest
from review.access import staff_only
from review.desk.exporting import export_of
from review.exports import AT_ONCE


@staff_only
@require_POST
def claims_export(request: SignedInRequest) -> HttpResponse:
    """Hand out the claims that the filters show."""
    return answer(request, "claims")


@staff_only
@require_POST
def applications_export(request: SignedInRequest) -> HttpResponse:
    """Hand out the applications that the filters show."""
    return answer(request, "applications")


@staff_only
@require_POST
def missing_export(request: SignedInRequest) -> HttpResponse:
    """Hand out the list of the missing papers."""
    return answer(request, "missing")


def answer(request: SignedInRequest, kind: str) -> HttpResponse:
    """Hand out a list as its address describes it.

    A press is a POST, because an export leaves an event, and a large one a job.
    """
    query = request.GET.urlencode()
    export = export_of(kind, request.user, query)
    if capped_count(export.queryset, AT_ONCE).capped:
        job = enqueue("desk_export", request.user, about=str(export.title), what=kind, query=query)
        return redirect("job_detail", job.pk)
    response = HttpResponse(export.content(request.user), content_type=export.media_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, export.name) or "attachment"  # noqa: FBT003 - Django's signature
    return response
