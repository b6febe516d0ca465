"""A workbook of decisions in the small portal: one row that can be carried out, one that nobody exported."""

from __future__ import annotations

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from portal.spreadsheets import XLSX
from portal.wording import wording_for
from review.desk.reviewing import claims_to_review
from review.roundtrip.writing import DecisionBook, SheetLine
from review.services.roundtrip import stage_sheet
from tests.builders import fresh


def sheets(world):
    """Let the secretary upload a workbook in which the pending claim is approved."""
    person = fresh(world.people["secretary"])
    world.things["sheet"] = stage_sheet(person, filled(world), wording_for(person))


def filled(world):
    """Return the secretary's workbook with a decision, and a row without a token."""
    person = fresh(world.people["secretary"])
    line = SheetLine(claims_to_review(person).get(pk=world.things["pending"].pk), decision="通过")
    content = DecisionBook(person, wording_for(person), str).write([line])
    book = load_workbook(io.BytesIO(content))
    book["审核"].append(["1120220000", "王芳"])
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("sheet.xlsx", out.getvalue(), XLSX)


FORMS = {"review:sheets": lambda world: {"workbook": filled(world)}}
EVENTS = {
    "review:sheets": ["stage"],
    "review:sheet_export": ["export"],
    # One for the workbook, and one for each claim that it decides.
    "review:sheet_apply": ["apply", "approve"],
    "review:sheet_discard": ["discard"],
    "review:sheet_refused_export": ["export"],
}
