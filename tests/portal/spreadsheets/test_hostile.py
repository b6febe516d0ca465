"""Workbooks made to hurt (bar T11): refused within two seconds and 200 MB, and the portal goes on."""

import io
import json
import resource
import struct
import subprocess
import sys
import time
import zipfile

import pytest

from portal.spreadsheets import Column, SheetSpec, read_workbook
from portal.spreadsheets.reading import CHILD
from tests.portal.spreadsheets import workbooks as made

SPEC = SheetSpec("名单", (Column("number", "学号", "code", required=True), Column("name", "姓名")), max_rows=1000)
HEADING = ["学号", "姓名"]
GOOD = ["1120210001", "甲"]
DTD = b'<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;">]>'
EXTERNAL = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    b'Type="http://x/image" Target="file:///etc/passwd" TargetMode="External"/></Relationships>'
)


def _zip_of_zeros(megabytes):
    return made.changed(made.book(HEADING, GOOD), add=[("xl/media/a.xml", b"\0" * megabytes * 1024 * 1024)])


def _bomb_of_cells():
    cell = "<c t='n'><v>1</v></c>"
    rows = f"<row>{cell * 200}</row>" * 20_000
    return made.of_xml(f"<worksheet xmlns='{made.MAIN}'><sheetData>{rows}</sheetData></worksheet>".encode())


def _wide_without_references():
    """Twenty thousand columns and rows that calamine would hold as one rectangle."""
    rows = "<row><c><v>1</v></c></row>" * 900 + f"<row>{'<c><v>1</v></c>' * 400_000}</row>"
    return made.of_xml(f"<worksheet xmlns='{made.MAIN}'><sheetData>{rows}</sheetData></worksheet>".encode())


def _lying_size():
    """A part whose directory entry says one byte and that holds megabytes."""
    whole = bytearray(made.changed(made.book(HEADING), add=[("xl/a.xml", b"<a>" + b" " * 5_000_000)]).getvalue())
    with zipfile.ZipFile(io.BytesIO(whole)) as package:
        entry = package.getinfo("xl/a.xml")
    place = whole.rfind(b"PK\x01\x02", 0, whole.rfind(b"xl/a.xml"))
    assert struct.unpack_from("<I", whole, place + 24)[0] == entry.file_size
    struct.pack_into("<I", whole, place + 24, 1)
    return io.BytesIO(bytes(whole))


def _encrypted_entry():
    whole = bytearray(made.book(HEADING, GOOD).getvalue())
    place = whole.find(b"PK\x01\x02")
    whole[place + 8] |= 1
    return io.BytesIO(bytes(whole))


SPARSE = [("A1", "学号"), ("A2", "1")]
HOSTILE = {
    "zeros": (lambda: _zip_of_zeros(100), "庞大"),
    "more than may be unpacked": (lambda: _zip_of_zeros(200), "庞大"),
    "many entries": (
        lambda: made.changed(made.book(HEADING), add=[(f"x/{n}.txt", b"") for n in range(3000)]),
        "庞大",
    ),
    "bomb of cells": (_bomb_of_cells, "庞大"),
    "rectangle without references": (_wide_without_references, ""),
    "lying size": (_lying_size, "损坏"),
    "last cell of all": (lambda: made.of_xml(made.sheet_xml([*SPARSE, ("XFD1048576", "x")])), "列数过多|行"),
    "last row": (lambda: made.of_xml(made.sheet_xml([*SPARSE, ("A1048576", "x")])), "超过 1000 行"),
    "last column": (lambda: made.of_xml(made.sheet_xml([*SPARSE, ("XFD2", "x")])), "列数过多"),
    "cell outside its row": (
        lambda: made.of_xml(made.sheet_xml(SPARSE).replace(b'r="A2"', b'r="AB999999"')),
        "",
    ),
    "document type": (lambda: made.of_xml(made.sheet_xml(SPARSE, head=DTD.decode())), "结构异常"),
    "document type in the workbook": (
        lambda: made.changed(made.book(HEADING), replace=[("xl/workbook.xml", b"<workbook", DTD + b"<workbook")]),
        "结构异常",
    ),
    "document type far behind a comment": (
        lambda: made.of_xml(made.sheet_xml(SPARSE, head=f"<!--{'x' * 2_000_000}-->{DTD.decode()}")),
        "结构异常",
    ),
    "document type in another encoding": (
        lambda: made.of_xml(made.sheet_xml(SPARSE, head=DTD.decode()).decode().encode("utf-16")),
        "结构异常",
    ),
    "external link": (
        lambda: made.changed(made.book(HEADING), add=[("xl/externalLinks/externalLink1.xml", b"<a/>")]),
        "宏、嵌入",
    ),
    "external relation": (
        lambda: made.changed(made.book(HEADING), add=[("xl/worksheets/_rels/sheet1.xml.rels", EXTERNAL)]),
        "宏、嵌入",
    ),
    "macros": (lambda: made.changed(made.book(HEADING), add=[("xl/vbaProject.bin", b"x")]), "宏、嵌入"),
    "macro type": (
        lambda: made.changed(
            made.book(HEADING),
            replace=[("[Content_Types].xml", b"openxmlformats-officedocument.spreadsheetml.sheet", b"x.macroEnabled")],
        ),
        "宏、嵌入",
    ),
    "embedded object": (lambda: made.changed(made.book(HEADING), add=[("xl/embeddings/a.bin", b"x")]), "宏、嵌入"),
    "old or encrypted workbook": (lambda: io.BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600), "密码"),
    "encrypted entry": (_encrypted_entry, "密码"),
    "text": (lambda: io.BytesIO("学号,姓名\n1,甲".encode()), "不是 .xlsx"),
    "picture": (lambda: io.BytesIO(b"\x89PNG\r\n\x1a\n" + b"\0" * 60), "不是 .xlsx"),
    "another zip": (lambda: made.changed(made.book(HEADING), remove=["xl/workbook.xml"]), "不是 .xlsx"),
    "zip header alone": (lambda: io.BytesIO(b"PK\x03\x04" + b"\0" * 60), "损坏"),
    "cut workbook": (lambda: io.BytesIO(made.book(HEADING, GOOD).getvalue()[:-400]), "损坏"),
    "broken sheet": (lambda: made.of_xml(b"<worksheet><sheetData><row><c"), "损坏"),
    "empty": (lambda: io.BytesIO(b""), "空的"),
    "too large": (lambda: io.BytesIO(b"PK\x03\x04" + b"x" * 21 * 1024 * 1024), "超过 20 MB"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_is_refused_quickly_with_a_sentence(case):
    make, expected = HOSTILE[case]
    workbook = make()
    started = time.monotonic()
    reading = read_workbook(workbook, SPEC)
    spent = time.monotonic() - started

    assert not reading.ok
    assert not reading.rows
    assert any(word in reading.problems[0].message for word in expected.split("|"))
    # The bar is two seconds; the margin is for a machine that runs other tests beside.
    assert spent < 6


@pytest.mark.parametrize("case", ["rectangle without references", "bomb of cells", "zeros", "cell outside its row"])
def test_takes_no_more_memory_than_allowed(case):
    make, _expected = HOSTILE[case]
    measured = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], stdin=sys.stdin, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
    )
    request = json.dumps({"sheet": "名单", "max_rows": 50_000})
    command = [sys.executable, "-c", measured, sys.executable, "-I", str(CHILD), request]
    answer = subprocess.run(command, input=make().getvalue(), capture_output=True, check=True)

    assert int(answer.stdout) < 200 * 1024  # kilobytes


def test_control_the_same_sheet_without_the_trap_is_read():
    assert read_workbook(made.of_xml(made.sheet_xml(SPARSE)), SPEC).ok
    links = EXTERNAL.replace(b"http://x/image", b"http://x/hyperlink")
    harmless = made.changed(made.book(HEADING, GOOD), add=[("xl/worksheets/_rels/sheet1.xml.rels", links)])
    assert read_workbook(harmless, SPEC).ok


def test_bounds_are_the_childs_and_not_ours():
    before = resource.getrlimit(resource.RLIMIT_AS)
    read_workbook(made.book(HEADING, GOOD), SPEC)

    assert resource.getrlimit(resource.RLIMIT_AS) == before
