"""Prints the application form of a claim and the academic record: the same thing, printed twice, is the same file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from credits.claim_form import form_of
from credits.paper import claim_sheet
from portal.language import kept_language
from portal.paper import write_pdf
from portal.pdf import render_pdf

if TYPE_CHECKING:
    from credits.academic_record import AcademicRecord
    from credits.models import Claim
    from portal.models import Student

RECORD, RECORD_STYLES = "credits/pdf/record.html", ("credits/pdf/record.css",)


def said_by_form(claim: Claim) -> dict[str, Any]:
    """Return what the form says: it is the university's paper, in the portal's language, whoever prints it."""
    with kept_language():
        return form_of(claim)


def claim_form_pdf(said: dict[str, Any]) -> bytes:
    """Return the form as a PDF; raises ``UnprintableText`` naming characters that no installed font has."""
    with kept_language():
        return write_pdf([claim_sheet(said)])


def record_pdf(student: Student, records: list[AcademicRecord]) -> bytes:
    """Return a student's records as a PDF, as they stand today; raises ``UnprintableText``."""
    context = {"student": student, "records": records, "today": timezone.localdate()}
    with kept_language():
        return render_pdf(RECORD, context, styles=RECORD_STYLES)
