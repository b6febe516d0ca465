"""Exports of the desks' lists: what is in them is chosen on a page; at once when small, as a job when large."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods

from portal.jobs import enqueue
from portal.listing import capped_count
from portal.requests import SignedInRequest
from review.access import staff_only
from review.desk.exporting import export_of
from review.exports import AT_ONCE, FORMATS, Export
from review.forms import ExportForm

OK, REFUSED = 200, 422
NOTHING: Mapping[str, Any] = MappingProxyType({})
taken = require_http_methods(["GET", "HEAD", "POST"])


@staff_only
@taken
def claims_export(request: SignedInRequest) -> HttpResponse:
    """Hand out the claims that the filters show."""
    return answer(request, "claims")


@staff_only
@taken
def applications_export(request: SignedInRequest) -> HttpResponse:
    """Hand out the applications that the filters show."""
    return answer(request, "applications")


@staff_only
@taken
def missing_export(request: SignedInRequest) -> HttpResponse:
    """Hand out the list of the missing papers."""
    return answer(request, "missing")


def answer(
    request: SignedInRequest, kind: str, *, template: str = "review/export.html", extra: Mapping[str, Any] = NOTHING
) -> HttpResponse:
    """Hand out a list as its address describes it; by GET, the page on which columns and format are chosen.

    A press is a POST, because an export leaves an event, and a large one a job.
    """
    query = request.GET.urlencode()
    export = export_of(kind, request.user, query)
    chosen = {"chosen", "column"} & request.POST.keys()  # without them the press on a list's own button: all columns
    form = ExportForm(export.columns, request.POST if chosen else None)
    if request.method != "POST" or (chosen and not form.is_valid()):
        status = REFUSED if form.is_bound else OK
        return render(request, template, {**_choice(export, form), **extra}, status=status)
    columns, suffix = form.cleaned_data["column"] if chosen else [], request.POST.get("format", "")
    export = export.asked(columns, suffix)
    if capped_count(export.queryset, AT_ONCE).capped:
        asked = {"what": kind, "query": query, "columns": columns, "suffix": export.suffix}
        job = enqueue("desk_export", request.user, about=str(export.title), **asked)
        return redirect("job_detail", job.pk)
    response = HttpResponse(export.content(request.user), content_type=export.media_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, export.name) or "attachment"  # noqa: FBT003 - Django's signature
    return response


def _choice(export: Export, form: ExportForm) -> dict[str, object]:
    ticked = form["column"].value() if form.is_bound else None
    titles = [(str(column.title), column.hide is not None) for column in export.columns]
    columns = [(title, hidden, ticked is None or title in ticked) for title, hidden in titles]
    suffix = form.data.get("format") if form.is_bound else export.suffix
    rows = capped_count(export.queryset)
    return {
        "export": export,
        "form": form,
        "columns": columns,
        "formats": FORMATS,
        "chosen_suffix": suffix,
        "rows": rows,
    }
