"""Workbooks that people and attackers hand in, made on the spot."""

import io
import zipfile

from openpyxl import Workbook

SHEET = "xl/worksheets/sheet1.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def book(*rows, title="名单"):
    """A workbook as openpyxl saves it."""
    made = Workbook()
    made.active.title = title
    for row in rows:
        made.active.append(row)
    return saved(made)


def saved(made):
    """A workbook's bytes, as a file."""
    out = io.BytesIO()
    made.save(out)
    out.seek(0)
    return out


def changed(workbook, *, add=(), replace=(), remove=()):
    """The same package with parts added, text replaced (part, old, new), or parts removed."""
    out = io.BytesIO()
    with zipfile.ZipFile(workbook) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name in remove:
                continue
            content = source.read(name)
            for part, old, new in replace:
                if part == name:
                    assert old in content, (part, old, content[:400])
                    content = content.replace(old, new)
            target.writestr(name, content)
        for name, content in add:
            target.writestr(name, content)
    out.seek(0)
    return out


def of_xml(sheet):
    """A workbook whose sheet is this XML."""
    return changed(book(["学号"]), remove=[SHEET], add=[(SHEET, sheet)])


def sheet_xml(cells, dimension="A1:C2", head=""):
    """A sheet of raw cells: (reference, text)."""
    body = "".join(
        f'<row r="{reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}">'
        f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c></row>'
        for reference, text in cells
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<worksheet xmlns="{MAIN}">'
        f'<dimension ref="{dimension}"/><sheetData>{body}</sheetData></worksheet>'
    ).encode()
