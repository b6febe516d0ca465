"""Workbooks as people fill them, and exports read back."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook
from python_calamine import load_workbook as calamine

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(title, heading, rows, *, name="import.xlsx"):
    """Return an uploaded workbook with one sheet."""
    return workbooks({title: (heading, rows)}, name=name)


def workbooks(sheets, *, name="import.xlsx"):
    """Return an uploaded workbook: sheet title → (heading, rows)."""
    book = Workbook(write_only=True)
    for title, (heading, rows) in sheets.items():
        sheet = book.create_sheet(title)
        sheet.append(list(heading))
        for row in rows:
            sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile(name, out.getvalue(), XLSX)


def read_back(content, title=None):
    """Return the rows of a workbook, heading first."""
    book = calamine(io.BytesIO(content))
    return book.get_sheet_by_name(title or book.sheet_names[0]).to_python()


def formulas(content):
    """Return the cells that a spreadsheet would run."""
    book = load_workbook(io.BytesIO(content))
    return [cell.coordinate for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
