"""A plan as its preview shows it: words of the sheets instead of keys, as many lines as a page holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.enums import Role, StudentKind
from portal.people_import.plan import CHANGED, LEAVER, NEW, Change, PeoplePlan
from portal.people_import.sheets import specs
from portal.spreadsheets import CellProblem

LINES, PROBLEMS = 300, 500


def name_of(change: Change) -> str:
    """Return what people call the row of a change."""
    values = change.values
    if change.sheet == "appointments":
        parts = (values["number"], Role(values["role"]).label, values["college"], values["scheme"])
        return " ".join(str(part) for part in parts if part)
    return " ".join(str(values[key]) for key in ("code", "number", "name") if values.get(key))


@dataclass(frozen=True, slots=True)
class Line:
    """One change: in which sheet, what happens, to whom, and column by column what was and what will be."""

    sheet: str
    action: str
    word: str
    name: str
    differences: list[tuple[str, str, str]]


class Shown:
    """What the preview of a plan shows."""

    def __init__(self, plan: PeoplePlan) -> None:
        self.specs = specs()
        self.plan = plan
        self.words = {NEW: _("新建"), CHANGED: pgettext("planned", "修改"), LEAVER: pgettext("planned", "停用")}

    @property
    def counts(self) -> list[tuple[str, int, int, int]]:
        """Return per sheet with changes: title, new, changed, ended."""
        found = self.plan.counts()
        return [(self._title(sheet), row[NEW], row[CHANGED], row[LEAVER]) for sheet, row in found.items()]

    @property
    def leavers(self) -> int:
        """Return how many people would be deactivated."""
        return len(self.plan.of("students", LEAVER)) + len(self.plan.of("staff", LEAVER))

    @property
    def lines(self) -> list[Line]:
        """Return the changes, those that take something away first."""
        order = {LEAVER: 0, CHANGED: 1, NEW: 2}
        return [self._line(change) for change in sorted(self.plan.changes, key=lambda c: order[c.action])[:LINES]]

    @property
    def hidden(self) -> int:
        """Return how many changes the page leaves out."""
        return max(0, len(self.plan.changes) - LINES)

    @property
    def rows(self) -> int:
        """Return how many rows the workbook has."""
        return sum(self.plan.totals.values())

    @property
    def problems(self) -> list[dict[str, Any]]:
        """Return what has to be corrected, by sheet and cell."""
        return [self._problem(sheet, problem) for sheet, problem in self.plan.problems[:PROBLEMS]]

    @property
    def total_problems(self) -> int:
        """Return how many there are in all."""
        return len(self.plan.problems) + self.plan.more_problems

    @property
    def hidden_problems(self) -> int:
        """Return how many the page leaves out."""
        return max(0, self.total_problems - PROBLEMS)

    def _line(self, change: Change) -> Line:
        ended = change.sheet == "appointments" and change.action == LEAVER
        word = _("结束") if ended else self.words[change.action]
        differences = [
            (self._column(change.sheet, key), self._text(old), self._text(new))
            for key, old, new in change.differences
            if key != "password"
        ]
        return Line(self._title(change.sheet), change.action, word, name_of(change), differences)

    def _title(self, sheet: str) -> str:
        return str(self.specs[sheet].title)

    def _column(self, sheet: str, key: str) -> str:
        found = [str(column.title) for column in self.specs[sheet].columns if column.key == key]
        return found[0] if found else _("启用")

    @staticmethod
    def _text(value: Any) -> str:
        if isinstance(value, bool):
            return _("是") if value else _("否")
        if value in StudentKind.values:
            return str(StudentKind(value).label)
        return "—" if value in (None, "") else str(value)

    def _problem(self, sheet: str, problem: CellProblem) -> dict[str, Any]:
        return {
            "sheet": self._title(sheet),
            "place": problem.place,
            "title": problem.title,
            "value": problem.value,
            "message": problem.message,
        }
