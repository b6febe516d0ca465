"""The query page as a file: the same rows, filters and order."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from credits.exports import numbered, point_columns, statement_columns
from credits.views.claims import COLUMNS, claim_listing, roll_of
from credits.views.points import accounts_of, totals
from portal.pdf import PDF, UnprintableText, render_pdf
from portal.spreadsheets import XLSX, write_xlsx
from portal.wording import wording_for

if TYPE_CHECKING:
    from portal.models import Student
    from portal.requests import SignedInRequest

# On paper every number carries its calculation, so the rows bring their trace.
PRINTED = (*COLUMNS, "trace", "recognised_reason")


@login_required
@require_safe
def points_export(request: SignedInRequest, kind: str) -> HttpResponse:
    """Hand out what the query page lists, all pages, as a workbook or a document."""
    student = roll_of(request)
    if student is None:
        raise Http404
    try:
        return _workbook(request, student) if kind == "xlsx" else _document(request, student)
    except UnprintableText as error:
        characters = "、".join(error.characters)
        messages.error(request, _("这些字符无法打印：%(characters)s。请联系管理员。") % {"characters": characters})
        return redirect("credits:points")


@login_required
@require_safe
def statement_export(request: SignedInRequest) -> HttpResponse:
    """Hand out the statement as a workbook: every booking with what was usable after it."""
    words = wording_for(request.user)
    buffer = io.BytesIO()
    rows = ((account, booking) for account in accounts_of(request) for booking in account.bookings)
    write_xlsx(buffer, statement_columns(words), rows, title=_("认定流水"))
    return _file(buffer.getvalue(), XLSX, _("认定流水") + f"-{request.user.number}.xlsx")


def _workbook(request: SignedInRequest, student: Student) -> HttpResponse:
    words = wording_for(request.user)
    title = str(words["query_page"])
    buffer = io.BytesIO()
    rows = numbered(claim_listing(request).queryset)
    write_xlsx(buffer, point_columns(words, student), rows, title=title[:31])
    return _file(buffer.getvalue(), XLSX, f"{title}-{student.person.number}.xlsx")


def _document(request: SignedInRequest, student: Student) -> HttpResponse:
    words = wording_for(request.user)
    context: dict[str, Any] = {
        "words": words,
        "student": student,
        "rows": list(numbered(claim_listing(request).queryset.values(*PRINTED))),
        "today": timezone.localdate(),
        **totals(request),
    }
    content = render_pdf("credits/points_pdf.html", context, styles=["credits/points_pdf.css"])
    return _file(content, PDF, f"{words['query_page']}-{student.person.number}.pdf")


def _file(content: bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response
