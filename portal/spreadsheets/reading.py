"""Reading a workbook against its description: rows that fit, and a problem for every cell that does not."""

import difflib
import json
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from portal.spreadsheets.cells import CellRefused, read_cell, show
from portal.spreadsheets.child import MAX_MARKS
from portal.spreadsheets.spec import Column, SheetSpec

CHILD = Path(__file__).with_name("child.py")
TIMEOUT = 30
HEADER_ROWS = 5
MAX_PROBLEMS = 1000


@dataclass(frozen=True)
class CellProblem:
    """One thing to correct: where (row 0 is the workbook itself), what stood there, what to do."""

    row: int
    column: str
    title: str
    value: str
    message: str

    @property
    def place(self) -> str:
        """The cell as a spreadsheet names it: "C12"; empty for the workbook itself."""
        return f"{self.column}{self.row}" if self.row else ""


@dataclass(frozen=True)
class SheetRow:
    """One row that fits: its number on the sheet, and its values by the columns' keys."""

    number: int
    values: dict[str, Any]

    def __getitem__(self, key: str) -> Any:
        return self.values[key]


@dataclass
class SheetReading:
    """What was read. `rows` holds only rows without a problem; apply nothing unless `ok`."""

    rows: list[SheetRow] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)
    total: int = 0
    ignored: list[str] = field(default_factory=list)
    more_problems: int = 0
    #: Key of a column → its letters on this sheet, for problems that a service finds later.
    letters: dict[str, str] = field(default_factory=dict)
    spec: SheetSpec | None = None
    #: The sheet holds more formulas or errors than are looked at: who takes part of the rows must refuse it whole.
    has_more_marks: bool = False

    @property
    def ok(self) -> bool:
        """True when nothing has to be corrected."""
        return not self.problems

    def refuse(self, row: int, key: str, value: Any, message: str) -> None:
        """Add a problem that only the database knows: "no such student"; the row is taken out."""
        column = self.spec.column(key) if self.spec and key else None
        title = str(column.title) if column else ""
        self.add(CellProblem(row, self.letters.get(key, ""), title, show(value), message))
        self.rows = [kept for kept in self.rows if kept.number != row]

    def add(self, problem: CellProblem) -> None:
        """Keep a problem; beyond a screenful of them only their number."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)
        else:
            self.more_problems += 1


def read_workbook(file: IO[bytes], spec: SheetSpec) -> SheetReading:
    """Read the sheet of this description. Never raises on bad input: what is wrong stands in `problems`.

    The workbook is opened in a child process with bounds on memory and time, so a hostile one costs its sender
    an answer and nobody else anything.
    """
    reading = SheetReading(spec=spec)
    file.seek(0)
    content = file.read(spec.max_bytes + 1)
    if not content or len(content) > spec.max_bytes:
        reading.add(_whole("size" if content else "empty", spec))
        return reading
    found, raw_rows = _ask_child(content, spec)
    if not found.get("ok"):
        reading.add(_whole(found.get("refused", "broken"), spec, found.get("sheets", ())))
        return reading
    _fill(reading, spec, found, raw_rows)
    return reading


def column_letters(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _ask_child(content: bytes, spec: SheetSpec) -> tuple[dict[str, Any], Iterator[list[Any]]]:
    request = json.dumps({"sheet": str(spec.title), "max_rows": spec.max_rows + HEADER_ROWS})
    try:
        answer = subprocess.run(  # noqa: S603 - our own script, and the workbook is its input only
            [sys.executable, "-I", str(CHILD), request],
            input=content,
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"refused": "time"}, iter(())
    lines = iter(answer.stdout.splitlines())
    first = json.loads(next(lines, b"{}") or b"{}")
    if answer.returncode != 0:
        # Killed by its bounds, or broken by its input: either way there is no telling what is missing.
        return {"refused": "broken"}, iter(())
    return first, (json.loads(line) for line in lines)


def _fill(reading: SheetReading, spec: SheetSpec, found: dict[str, Any], raw_rows: Iterator[list[Any]]) -> None:
    rows = enumerate(raw_rows, start=1)
    header = _find_header(spec, rows)
    if header is None:
        reading.add(CellProblem(0, "", "", "", _("前 %s 行中找不到表头。请使用下载的模板填写。") % HEADER_ROWS))
        return
    number, titles = header
    places = _match_columns(reading, spec, number, titles)
    if not reading.ok:
        return
    reading.letters = {key: column_letters(index) for key, index in places.items()}
    reading.has_more_marks = any(len(found[kind]) >= MAX_MARKS for kind in ("formula", "error"))
    marked = {(row, column - 1): kind for kind in ("formula", "error") for row, column in found[kind]}
    reader = _RowReader(reading, spec, places, marked)
    ours = set(places.values())
    waiting = {row for row, index in marked if index in ours and row > number}
    for row_number, raw in rows:
        if any(value is not None and value != "" for value in raw) or row_number in waiting:
            waiting.discard(row_number)
            reading.total += 1
            if reading.total > spec.max_rows:
                reading.add(_whole("rows", spec))
                return
            reader.read(row_number, raw)
    # A formula that was never calculated has no value, so a sheet may seem to end before it.
    for row_number in sorted(waiting):
        reader.read(row_number, [])


class _RowReader:
    """Reads one row after the other into a reading, and remembers what must not repeat."""

    def __init__(
        self,
        reading: SheetReading,
        spec: SheetSpec,
        places: dict[str, int],
        marked: dict[tuple[int, int], str],
    ) -> None:
        self.reading = reading
        self.spec = spec
        self.columns = [(column, places.get(column.key)) for column in spec.columns]
        self.marked = marked
        self.seen: dict[tuple[Any, ...], int] = {}

    def read(self, number: int, raw: list[Any]) -> None:
        """Add the row, or a problem for each cell that does not fit."""
        values: dict[str, Any] = {}
        good = True
        for column, index in self.columns:
            if index is None:
                values[column.key] = None
                continue
            value = raw[index] if index < len(raw) else None
            try:
                _refuse_marked(self.marked.get((number, index)))
                values[column.key] = read_cell(column, value)
            except CellRefused as refusal:
                good = False
                place = column_letters(index)
                self.reading.add(CellProblem(number, place, str(column.title), show(value), str(refusal)))
        if good and self._is_new(number, values):
            self.reading.rows.append(SheetRow(number, values))

    def _is_new(self, number: int, values: dict[str, Any]) -> bool:
        if not self.spec.unique:
            return True
        identity = tuple(values[key] for key in self.spec.unique)
        earlier = self.seen.setdefault(identity, number)
        if earlier == number:
            return True
        key = self.spec.unique[0]
        shown = " ".join("" if part is None else str(part) for part in identity)
        message = _("与第 %s 行重复。") % earlier
        place = self.reading.letters.get(key, "")
        self.reading.add(CellProblem(number, place, str(self.spec.column(key).title), shown, message))
        return False


def _refuse_marked(mark: str | None) -> None:
    if mark == "formula":
        raise CellRefused(_("单元格是公式。请复制后“选择性粘贴为数值”再上传。"))
    if mark == "error":
        raise CellRefused(_("单元格是错误值（如 #N/A）。请改成实际内容。"))


def _find_header(spec: SheetSpec, rows: Iterator[tuple[int, list[Any]]]) -> tuple[int, list[Any]] | None:
    """The first of the top rows that holds one of our titles, and at least a third of them."""
    known = {name for column in spec.columns for name in _names(column)}
    for number, raw in rows:
        hits = len({_folded(value) for value in raw} & known)
        if hits and 3 * hits >= len(spec.columns):
            return number, raw
        if number >= HEADER_ROWS:
            return None
    return None


def _match_columns(reading: SheetReading, spec: SheetSpec, row: int, titles: Sequence[Any]) -> dict[str, int]:
    by_name = {name: column for column in spec.columns for name in _names(column)}
    places: dict[str, int] = {}
    strangers: list[tuple[int, str]] = []
    for index, title in enumerate(titles):
        column = by_name.get(_folded(title))
        if column is None:
            if show(title):
                strangers.append((index, show(title)))
        elif column.key in places:
            message = _("列“%s”出现了两次，请删除一列。") % column.title
            reading.add(CellProblem(row, column_letters(index), str(column.title), show(title), message))
        else:
            places[column.key] = index
    for column in spec.columns:
        if column.key not in places:
            _report_missing(reading, column, row, strangers)
    reading.ignored = [title for _index, title in strangers]
    return places


def _report_missing(reading: SheetReading, column: Column, row: int, strangers: list[tuple[int, str]]) -> None:
    title = str(column.title)
    close = difflib.get_close_matches(title, [name for _index, name in strangers], n=1, cutoff=0.5)
    if close:
        index = next(index for index, name in strangers if name == close[0])
        message = _("缺少列“%(title)s”。是否就是“%(found)s”？请改回模板中的列名。")
        details = {"title": title, "found": close[0]}
        reading.add(CellProblem(row, column_letters(index), title, close[0], message % details))
    elif column.required:
        reading.add(CellProblem(row, "", title, "", _("缺少列“%s”。请使用下载的模板填写。") % title))


def _names(column: Column) -> set[str]:
    return {_folded(column.title), *(_folded(alias) for alias in column.aliases)}


def _folded(title: Any) -> str:
    return re.sub(r"[\s*＊]", "", unicodedata.normalize("NFKC", show(title) if title is not None else "")).casefold()


def _whole(code: str, spec: SheetSpec, sheets: Sequence[str] = ()) -> CellProblem:
    """A problem of the workbook as such."""
    messages = {
        "empty": _("文件是空的。请检查后重新选择。"),
        "size": _("工作簿超过 %s MB。请拆分后分批上传。") % (spec.max_bytes // 1024 // 1024),
        "type": _("文件不是 .xlsx 工作簿。请在表格软件中“另存为 .xlsx”后再上传。"),
        "old": _("文件是旧版 .xls 或加了密码。请去除密码并“另存为 .xlsx”后再上传。"),
        "bomb": _("工作簿内部异常庞大。请把内容复制到下载的模板中再上传。"),
        "memory": _("工作簿内部异常庞大。请把内容复制到下载的模板中再上传。"),
        "time": _("读取时间过长。请把内容复制到下载的模板中，或拆分后再上传。"),
        "active": _("工作簿含有宏、嵌入对象或指向其他文件的链接。请把内容粘贴为数值到下载的模板中再上传。"),
        "declaration": _("工作簿结构异常。请把内容复制到下载的模板中再上传。"),
        "rows": _("超过 %s 行。请拆分后分批上传；若实际没有这么多行，请删除下方的空行。") % spec.max_rows,
        "columns": _("列数过多。请删除右侧多余的列。"),
        "sheet": _("没有名为“%(title)s”的工作表（现有：%(found)s）。请使用下载的模板填写。")
        % {"title": spec.title, "found": "、".join(sheets)},
    }
    broken = _("工作簿无法打开，可能已损坏。请重新另存为 .xlsx 后再上传。")
    return CellProblem(0, "", "", "", messages.get(code, broken))
