"""Workbooks in and out: one description per sheet, safe reading, exports that stream."""

from portal.spreadsheets.columns import ExportColumn
from portal.spreadsheets.reading import CellProblem, SheetReading, SheetRow, read_workbook
from portal.spreadsheets.spec import Column, SheetSpec
from portal.spreadsheets.templates import write_template
from portal.spreadsheets.writing import CSV, XLSX, TooManyRows, write_csv, write_xlsx

__all__ = [
    "CSV",
    "XLSX",
    "CellProblem",
    "Column",
    "ExportColumn",
    "SheetReading",
    "SheetRow",
    "SheetSpec",
    "TooManyRows",
    "read_workbook",
    "write_csv",
    "write_template",
    "write_xlsx",
]
