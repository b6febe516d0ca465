"""Prints the application form of a claim and the academic record: the same thing, printed twice, is the same file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from credits.claim_form import form_of
from portal.language import kept_language
from portal.pdf import render_pdf

if TYPE_CHECKING:
    from credits.academic_record import AcademicRecord
    from credits.models import Claim
    from portal.models import Student

FORM, FORM_STYLES = "credits/pdf/claim_form.html", ("credits/pdf/claim_form.css",)
RECORD, RECORD_STYLES = "credits/pdf/record.html", ("credits/pdf/record.css",)


def said_by_form(claim: Claim) -> dict[str, Any]:
    """Return what the form says: it is the university's paper, in the portal's language, whoever prints it."""
    with kept_language():
        return form_of(claim)


def claim_form_pdf(said: dict[str, Any]) -> bytes:
    """Return the form as a PDF; raises ``UnprintableText`` naming characters that no installed font has."""
    with kept_language():
        return render_pdf(FORM, {"said": said}, styles=FORM_STYLES)


def record_pdf(student: Student, records: list[AcademicRecord]) -> bytes:
    """Return a student's records as a PDF, as they stand today; raises ``UnprintableText``."""
    context = {"student": student, "records": records, "today": timezone.localdate()}
    with kept_language():
        return render_pdf(RECORD, context, styles=RECORD_STYLES)
