"""The sheet of the achievement library: competitions with their levels, suggested scores and years."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from credits.enums import LibraryState
from credits.library import suggestion_for
from credits.models import LibraryEntry
from credits.shelf import EntryData, Shelf, award_key
from portal.spreadsheets import CellProblem, Column, ExportColumn, SheetSpec, write_template

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from credits.models import Category
    from portal.spreadsheets import SheetReading, SheetRow

MAX_ENTRIES = 5000
FIRST_YEAR, LAST_YEAR = 1990, 2100


@dataclass(frozen=True, slots=True)
class PlannedEntry:
    """One row and the entry that it would create (``entry`` None), change, or give another level."""

    row: int
    entry: LibraryEntry | None
    data: EntryData
    is_ruled: bool
    is_changed: bool

    @property
    def acts(self) -> bool:
        """Whether the row would do anything."""
        return self.entry is None or self.is_ruled or self.is_changed


@dataclass
class LibraryPlan:
    """What a workbook of the library would do."""

    rows: list[PlannedEntry] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)
    more_problems: int = 0

    @property
    def pending(self) -> list[PlannedEntry]:
        """Return the rows that would change something."""
        return [row for row in self.rows if row.acts]

    @property
    def counts(self) -> dict[str, int]:
        """Return how many entries would be new, ruled anew, changed otherwise, or left alone."""
        known = [row for row in self.rows if row.entry is not None]
        ruled = sum(row.is_ruled for row in known)
        changed = sum(row.is_changed and not row.is_ruled for row in known)
        return {
            "create": len(self.rows) - len(known),
            "rule": ruled,
            "change": changed,
            "same": len(known) - ruled - changed,
        }


def library_sheet(shelf: Shelf) -> SheetSpec:
    """Return what a workbook of the scheme's library must look like."""
    levels = dict.fromkeys(level for category in shelf.categories for level in shelf.levels(category))
    kinds = Column(
        "category", _("申请类别"), "choice", required=True, choices={row.name: row for row in shelf.categories}
    )
    return SheetSpec(
        title=_("成果库"),
        columns=(
            Column(
                "code", _("编号"), "code", max_length=32, width=12, help=_("空着即新建；填写已有编号即修改该条目。")
            ),
            Column("name", _("名称"), required=True, max_length=128, width=44, aliases=(_("竞赛名称"),)),
            *((kinds,) if len(shelf.categories) > 1 else ()),
            Column("organiser", _("主办单位"), max_length=128, width=30),
            Column("level", _("级别"), "choice", required=True, choices={name: name for name in levels}, width=18),
            Column("ruling", _("级别认定依据"), max_length=128, width=30, help=_("级别有变化时必填。")),
            *(_award_column(award) for award in shelf.all_awards()),
            Column("valid_from", _("起始年度"), "number", required=True, width=10),
            Column("valid_to", _("截止年度"), "number", width=10, help=_("空为长期有效。")),
            Column("note", _("说明"), max_length=200, width=30),
        ),
        max_rows=MAX_ENTRIES,
    )


def _award_column(award: str) -> Column:
    title = _("建议分值（%(award)s）") % {"award": award}
    return Column(award_key(award), title, "decimal", aliases=(award,), width=16)


def library_template(shelf: Shelf) -> bytes:
    """Return an empty workbook of the library."""
    notes = [
        _("每行一项；编号已存在的会被修改，编号空着的新建。"),
        _("建议分值须在该级别的分值范围内，可以空着。"),
    ]
    return write_template(library_sheet(shelf), notes=notes)


def library_columns(shelf: Shelf) -> tuple[ExportColumn, ...]:
    """Return the columns of the export: those of the sheet, so that it can be taken in again, and the state."""
    sheet = library_sheet(shelf)
    return (
        *(ExportColumn(column.title, _getter(column), _kind(column), column.width) for column in sheet.columns),
        ExportColumn(_("状态"), lambda row: str(row.get_state_display()), "text", 10),
    )


def _kind(column: Column) -> Any:
    return column.kind if column.kind in {"number", "decimal"} else "text"


def _getter(column: Column) -> Any:
    if column.key.startswith(award_key("")):
        award = column.key.removeprefix(award_key(""))
        return lambda row: suggestion_for(row, award)
    return "category__name" if column.key == "category" else column.key


def plan_library(shelf: Shelf, reading: SheetReading) -> LibraryPlan:
    """Compare what was read with the library there is; changes nothing."""
    return _Planner(shelf, reading).plan()


class _Planner:
    """Holds what all rows are compared with, read once."""

    def __init__(self, shelf: Shelf, reading: SheetReading) -> None:
        self.shelf = shelf
        self.reading = reading
        entries = LibraryEntry.objects.filter(scheme=shelf.scheme).select_related("category", "merged_into")
        self.known = {entry.code: entry for entry in entries}
        self.seen: dict[str, int] = {}

    def plan(self) -> LibraryPlan:
        """Go through the rows."""
        found = LibraryPlan(problems=list(self.reading.problems), more_problems=self.reading.more_problems)
        for row in self.reading.rows:
            entry = self.known.get(row["code"] or "")
            data = self._data(row, entry)
            problems = list(self._problems(row, entry, data))
            found.problems += problems
            if not problems:
                self.shelf.put(data, _("第 %(row)s 行") % {"row": row.number})
                found.rows.append(self._planned(row, entry, data))
        found.problems.sort(key=lambda problem: (problem.row, len(problem.column), problem.column))
        return found

    def _data(self, row: SheetRow, entry: LibraryEntry | None) -> EntryData:
        """Return what the row says; columns that the sheet lacks leave an entry as it is."""
        return EntryData(
            category=self._category(row, entry),
            code=row["code"] or "",
            name=row["name"],
            level=row["level"],
            organiser=self._text(row, "organiser", entry),
            ruling=row["ruling"] or (entry.ruling if entry else ""),
            note=self._text(row, "note", entry),
            suggestions=self._suggestions(row, entry),
            valid_from=row["valid_from"],
            valid_to=row["valid_to"] if "valid_to" in self.reading.letters or entry is None else entry.valid_to,
        )

    def _category(self, row: SheetRow, entry: LibraryEntry | None) -> Category:
        if "category" in row.values:
            chosen: Category = row["category"]
            return chosen
        return entry.category if entry else self.shelf.categories[0]

    def _text(self, row: SheetRow, key: str, entry: LibraryEntry | None) -> str:
        kept = getattr(entry, key) if entry and key not in self.reading.letters else ""
        return row[key] or kept

    def _suggestions(self, row: SheetRow, entry: LibraryEntry | None) -> tuple[tuple[str, Decimal], ...]:
        awards = [award for award in self.shelf.all_awards() if award_key(award) in self.reading.letters]
        pairs = [(award, row[award_key(award)]) for award in awards if row[award_key(award)] is not None]
        if entry:
            others = [award for award, _score in entry.suggestions if award not in awards]
            pairs += [(award, score) for award in others if (score := suggestion_for(entry, award)) is not None]
        order = self.shelf.all_awards()
        return tuple(sorted(pairs, key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order)))

    def _problems(self, row: SheetRow, entry: LibraryEntry | None, data: EntryData) -> Iterable[CellProblem]:
        if data.code and (earlier := self.seen.setdefault(data.code, row.number)) != row.number:
            yield self._problem(row, "code", _("与第 %(row)s 行的编号重复。") % {"row": earlier})
            return
        if entry is not None and entry.state == LibraryState.MERGED and entry.merged_into is not None:
            text = _("该条目已并入编号 %(code)s，不能修改。")
            yield self._problem(row, "code", text % {"code": entry.merged_into.code})
            return
        if entry is not None and data.category != entry.category:
            yield self._problem(row, "category", _("已有条目的类别不能更改。"))
            return
        if entry is not None and data.level != entry.level and not row["ruling"]:
            text = _("级别由“%(level)s”改变，请填写认定依据。")
            yield self._problem(row, "ruling", text % {"level": entry.level})
        for key in ("valid_from", "valid_to"):
            if row[key] is not None and not FIRST_YEAR <= row[key] <= LAST_YEAR:
                yield self._problem(row, key, _("请填写四位年份，例如 2024。"))
                return
        for key, messages in self.shelf.problems(data, but=entry).items():
            for message in messages:
                yield self._problem(row, key, message)

    def _problem(self, row: SheetRow, key: str, message: str) -> CellProblem:
        spec = self.reading.spec
        title = str(spec.column(key).title) if spec else ""
        value = row.values.get(key)
        return CellProblem(
            row.number, self.reading.letters.get(key, ""), title, "" if value is None else str(value), message
        )

    @staticmethod
    def _planned(row: SheetRow, entry: LibraryEntry | None, data: EntryData) -> PlannedEntry:
        if entry is None:
            return PlannedEntry(row.number, None, data, is_ruled=False, is_changed=True)
        is_ruled = (data.level, data.ruling) != (entry.level, entry.ruling)
        return PlannedEntry(row.number, entry, data, is_ruled=is_ruled, is_changed=_facts(data) != _kept(entry))


def _facts(data: EntryData) -> tuple[Any, ...]:
    return data.name, data.organiser, data.note, data.valid_from, data.valid_to, data.suggestions


def _kept(entry: LibraryEntry) -> tuple[Any, ...]:
    suggestions = tuple((award, suggestion_for(entry, award)) for award, _score in entry.suggestions)
    return entry.name, entry.organiser, entry.note, entry.valid_from, entry.valid_to, suggestions
