"""The student's academic record: the page, the document, the workbook."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from credits.academic_record import academic_records
from credits.exports import record_columns, record_rows
from credits.minima import verdicts_of
from credits.pdf import record_pdf
from credits.views.claims import roll_of
from portal.pdf import PDF, UnprintableText
from portal.spreadsheets import XLSX, write_xlsx

if TYPE_CHECKING:
    from credits.academic_record import AcademicRecord
    from portal.models import Student
    from portal.requests import SignedInRequest


@login_required
@require_safe
def record(request: SignedInRequest) -> HttpResponse:
    """Show what is demanded before graduation, and what was recognised: by category, since when, by which notice."""
    student = roll_of(request)
    records = academic_records(student) if student else []
    minima = verdicts_of(student) if student else []
    return render(request, "credits/record.html", {"student": student, "records": records, "minima": minima})


@login_required
@require_safe
def record_export(request: SignedInRequest, kind: str) -> HttpResponse:
    """Hand out the record as a document or a workbook."""
    student = roll_of(request)
    records = academic_records(student) if student else []
    if student is None or not records:
        raise Http404
    if kind == "xlsx":
        return _file(workbook(student, records), XLSX, f"{records[0].title}-{student.person.number}.xlsx")
    try:
        return document(student, records)
    except UnprintableText as error:
        characters = "、".join(error.characters)
        messages.error(request, _("这些字符无法打印：%(characters)s。请联系管理员。") % {"characters": characters})
        return redirect("credits:record")


def document(student: Student, records: list[AcademicRecord]) -> HttpResponse:
    """Return the printed record; raises ``UnprintableText``."""
    return _file(record_pdf(student, records), PDF, f"{records[0].title}-{student.person.number}.pdf")


def workbook(student: Student, records: list[AcademicRecord]) -> bytes:
    """Return the record as a workbook, a row per item."""
    buffer = io.BytesIO()
    write_xlsx(
        buffer, record_columns(records[0].data.wording, student), record_rows(records), title=records[0].title[:31]
    )
    return buffer.getvalue()


def _file(content: bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
