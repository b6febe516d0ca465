"""Reads a stranger's workbook in a process of its own, with bounds on time and memory.

Run as a script: bytes of the workbook on standard input, a JSON request as the argument, JSON lines on standard
output: first `{"ok": true, …}` or `{"refused": code}`, then one line per row. Knows neither Django nor the portal:
what it could be made to do, it does to itself.
"""

import datetime as dt
import io
import json
import posixpath
import re
import resource
import sys
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

MEGABYTE = 1024 * 1024
MAX_ENTRIES = 2000
MAX_UNPACKED = 128 * MEGABYTE
MAX_RATIO = 150
RATIO_FREE = 8 * MEGABYTE  # small workbooks pack as well as they like
MAX_CELL = 4 * MEGABYTE
MAX_COLUMNS = 256
MAX_MARKS = 500
CHUNK = MEGABYTE
SIMPLE = {str, float, int, bool}
MEMORY = 160 * MEGABYTE
SECONDS = 20

FOREIGN = re.compile(r"(?i)(^|/)(vbaProject|externalLinks|embeddings|activeX|ctrlProps|connections\.xml|macrosheets)")
MACRO_TYPE = re.compile(rb"(?i)macroEnabled|vbaProject")
#: A relationship that leaves the workbook; hyperlinks do so harmlessly.
RELATIONSHIP = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
FORMULA = re.compile(rb"<(?:\w+:)?c\b([^>]*[^/>])>\s*<(?:\w+:)?f[\s/>]")
ERROR = re.compile(rb"<(?:\w+:)?c\b([^>]*\bt\s*=\s*[\"']e[\"'][^>]*)>")
REFERENCE = re.compile(rb"\br\s*=\s*[\"']([A-Z]{1,3})([0-9]{1,9})[\"']")
#: References that may be out of bounds: two letters or more, or five digits or more. Most sheets have few.
FAR = re.compile(rb"\br\s*=\s*[\"'](?:([A-Z]{2,})[0-9]|[A-Z]{0,3}([0-9]{5,})[\"'])")
RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class Refused(Exception):  # noqa: N818 - the outcome, not a fault
    """The workbook is not read; the code says why."""


def main() -> None:
    """Read, and say what was found or why not."""
    request = json.loads(sys.argv[1])
    content = sys.stdin.buffer.read()
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", write_through=False)
    try:
        for line in read(content, request):
            out.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")))
            out.write("\n")
    except Refused as refusal:
        out.write(json.dumps({"refused": refusal.args[0]}) + "\n")
    except MemoryError:
        out.write('{"refused":"memory"}\n')
    out.flush()


def confine() -> None:
    """Give up memory, time, files and children beyond what reading needs."""
    with open("/proc/self/statm") as statm:  # noqa: PTH123 - one small read, before anything else is imported
        used = int(statm.read().split()[0]) * resource.getpagesize()
    for kind, limit in (
        (resource.RLIMIT_AS, used + MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))


def read(content: bytes, request: dict[str, Any]) -> Iterator[Any]:
    """Yield the header line and the rows of the wanted sheet; Refused before anything is unpacked in full."""
    from python_calamine import CalamineError, load_workbook  # noqa: PLC0415 - before confine(): it is being measured

    confine()
    package = open_package(content)
    entries = check_entries(package)
    sheets = sheet_paths(package)
    if request["sheet"] not in sheets:
        yield {"ok": False, "refused": "sheet", "sheets": list(sheets)[:10]}
        return
    path = sheets[request["sheet"]]
    marks: dict[str, list] = {"formula": [], "error": []}
    for entry in entries:
        scan(package, entry, path, request["max_rows"], marks)
    try:
        sheet = load_workbook(io.BytesIO(content)).get_sheet_by_name(request["sheet"])
        rows = sheet.iter_rows()
    except CalamineError as error:
        raise Refused("broken") from error
    yield {"ok": True, **marks}
    left = [None] * (sheet.start or (0, 0))[1]  # rows begin at the top, but columns at the first one in use
    yield from (left + [value if value.__class__ in SIMPLE else plain(value) for value in row] for row in rows)


def open_package(content: bytes) -> zipfile.ZipFile:
    """Open the workbook as the zip that it must be."""
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise Refused("old")  # an .xls, or an encrypted .xlsx
    if content[:4] != b"PK\x03\x04":
        raise Refused("type")
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise Refused("broken") from error


def check_entries(package: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Refuse by the directory alone: too many entries, too much content, what has no place in a list."""
    entries = package.infolist()
    names = [entry.filename for entry in entries]
    if len(entries) > MAX_ENTRIES or len(set(names)) != len(names):
        raise Refused("bomb")
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if unpacked > MAX_UNPACKED or (unpacked > RATIO_FREE and unpacked > MAX_RATIO * packed):
        raise Refused("bomb")
    for entry in entries:
        if entry.flag_bits & 1:
            raise Refused("old")
        if FOREIGN.search(entry.filename):
            raise Refused("active")
    if "xl/workbook.xml" not in names or "[Content_Types].xml" not in names:
        raise Refused("type")
    return [entry for entry in entries if not entry.is_dir()]


def sheet_paths(package: zipfile.ZipFile) -> dict[str, str]:
    """Sheet title → path of its entry. The two parts are small, and free of declarations, or refused."""
    parts = {}
    for name in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
        try:
            entry = package.getinfo(name)
        except KeyError as error:
            raise Refused("broken") from error
        if entry.file_size > MAX_CELL:
            raise Refused("bomb")
        parts[name] = b"".join(chunks(package, entry))
        refuse_declarations(parts[name])
    try:
        workbook, relations = (ET.fromstring(part) for part in parts.values())  # noqa: S314 - declarations refused
    except ET.ParseError as error:
        raise Refused("broken") from error
    targets = {node.get("Id"): node.get("Target", "") for node in relations}
    found = {}
    for node in workbook.iter():
        if node.tag.rpartition("}")[2] == "sheet":
            target = targets.get(node.get(RELATIONS), "")
            found[node.get("name", "")] = posixpath.normpath(posixpath.join("xl", target)).lstrip("/")
    return found


def scan(package: zipfile.ZipFile, entry: zipfile.ZipInfo, sheet: str, max_rows: int, marks: dict[str, list]) -> None:
    """Refuse what an entry must not hold, and note formulas and errors of the wanted sheet."""
    name = entry.filename.lower()
    if name == "[content_types].xml":
        if MACRO_TYPE.search(b"".join(chunks(package, entry))):
            raise Refused("active")
    elif name.endswith(".rels"):
        refuse_foreign(b"".join(chunks(package, entry)))
    elif not name.endswith((".xml", ".vml")):
        return
    tail = b""
    for chunk in chunks(package, entry):
        block = tail + chunk
        refuse_declarations(block)
        if entry.filename.lstrip("/") != sheet:
            tail = block[-16:]
            continue
        cut = max(block.rfind(b"</c>") + 4, block.rfind(b"/>") + 2)
        note_cells(block[:cut], max_rows, marks)
        tail = block[cut:]
        if len(tail) > MAX_CELL:
            raise Refused("bomb")


def note_cells(block: bytes, max_rows: int, marks: dict[str, list]) -> None:
    """Check the true extent of the sheet, whatever its dimension says, and collect marked cells."""
    for letters, digits in FAR.findall(block):
        if letters and column_number(letters) > MAX_COLUMNS:
            raise Refused("columns")
        if digits and int(digits) > max_rows:
            raise Refused("rows")
    # The cheap look first: most blocks hold neither.
    if b"<f" in block or b":f" in block:
        mark(FORMULA, block, marks["formula"])
    if b'"e"' in block or b"'e'" in block:
        mark(ERROR, block, marks["error"])


def mark(pattern: re.Pattern[bytes], block: bytes, places: list[list[int]]) -> None:
    """Add row and column of the cells that match, up to a bound."""
    for cell in pattern.finditer(block):
        reference = REFERENCE.search(cell[1])
        if reference and len(places) < MAX_MARKS:
            places.append([int(reference[2]), column_number(reference[1])])


def column_number(letters: bytes) -> int:
    """A → 1, Z → 26, AA → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def refuse_declarations(block: bytes) -> None:
    """Refuse document types and entities, also in encodings that would hide them."""
    if b"<!DOCTYPE" in block or b"<!ENTITY" in block or block[:2] in {b"\xfe\xff", b"\xff\xfe"} or b"\0" in block[:4]:
        raise Refused("declaration")


def refuse_foreign(relationships: bytes) -> None:
    """Refuse relations that lead out of the workbook, except for plain links."""
    for match in RELATIONSHIP.finditer(relationships):
        if b"External" in match[0] and b"/hyperlink" not in match[0]:
            raise Refused("active")


def chunks(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Content of an entry, never more than its directory declared."""
    try:
        with package.open(entry) as stream:
            while chunk := stream.read(CHUNK):
                yield chunk
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise Refused("broken") from error


def plain(value: Any) -> Any:
    """A moment as [kind, ISO text]: JSON has none."""
    if isinstance(value, dt.datetime):
        return ["datetime", value.isoformat()]
    if isinstance(value, dt.date):
        return ["date", value.isoformat()]
    if isinstance(value, dt.time | dt.timedelta):
        return ["time", str(value)]
    return value


if __name__ == "__main__":
    main()
