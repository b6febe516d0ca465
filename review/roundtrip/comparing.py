"""What an uploaded workbook asks for, cell by cell, and what cannot be done of it. Changes nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import IO, TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from credits.models import Claim, ClaimEvent
from credits.services.decisions import check_points
from portal.spreadsheets import read_workbook
from review.desk import batches
from review.roundtrip.sheet import (
    DECISION,
    POINTS,
    REASON,
    TOKEN,
    TYPED,
    decision_sheet,
    decisions,
    is_same,
    locked_values,
    plain,
    tokens_only,
)
from review.roundtrip.tokens import RowToken, read_token

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from portal.models import Person
    from portal.spreadsheets import SheetReading
    from portal.wording import Wording

WILL, REFUSED, DONE = "will", "refused", "done"
#: How much of what was typed the copy of a refused row carries on: all, the words without the decision, or nothing.
ALL, WORDS, NONE = "all", "words", "none"


@dataclass(slots=True)
class Line:
    """One row of the workbook that asks for something, or that is refused; kept as JSON."""

    row: int
    claim: int = 0
    revision: int = 0
    label: str = ""
    verb: str = ""
    points: str = ""
    shown: str = ""
    reason: str = ""
    becomes: str = ""
    cells: list[dict[str, str]] = field(default_factory=list)
    outcome: str = WILL
    why: str = ""
    keeps: str = ALL

    def refuse(self, why: str, keeps: str = ALL) -> Line:
        """Say why nothing is done, and how much of the row can be used again."""
        self.outcome, self.why, self.keeps = REFUSED, why, keeps
        return self


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was found: the rows that matter, how many there were, and how many ask for nothing."""

    lines: list[Line]
    rows: int
    same: int

    def count(self, outcome: str) -> int:
        """Return how many rows have come to this."""
        return sum(line.outcome == outcome for line in self.lines)

    def kept(self) -> list[dict[str, Any]]:
        """Return the lines as they are stored."""
        return [asdict(line) for line in self.lines]


@dataclass(frozen=True, slots=True)
class Found:
    """One row as it was read: its cells, or the problems that kept them from being read."""

    row: int
    values: dict[str, Any]
    token: str
    problem: str = ""

    @property
    def asks(self) -> bool:
        """Whether something was typed."""
        return bool(self.problem) or any(self.values[key] is not None for key in TYPED)


def compare(person: Person, workbook: IO[bytes], words: Wording) -> Comparison:
    """Read a workbook and say what each row would do. ValidationError by field when it cannot be read as a whole."""
    reading = read_workbook(workbook, decision_sheet(words))
    whole = [problem.message for problem in reading.problems if problem.row == 0 or not reading.letters]
    if reading.has_more_marks or reading.more_problems:
        whole.append(_("公式、错误值或无法读取的单元格太多。请重新导出，并直接填写内容。"))
    if not whole and not reading.total:
        whole.append(_("工作表里没有数据行。"))
    if whole:
        raise ValidationError({"workbook": whole})
    return _Comparer(person, reading).compare(_found(reading, workbook, words))


def moved_by(claims: Iterable[int]) -> dict[int, str]:
    """Return who did what last with each claim, as a sentence: somebody was faster, and this is who."""
    latest: dict[int, Any] = {}
    events: Any = ClaimEvent.objects.filter(subject__in=list(claims)).order_by("pk")
    for event in events.only("subject_id", "verb", "actor_name", "at"):
        latest[event.subject_id] = event
    return {pk: _last_act(event) for pk, event in latest.items()}


def _last_act(event: Any) -> str:
    when = f"{timezone.localtime(event.at):%Y-%m-%d %H:%M}"
    labels = {move.verb: move.label for move in Claim.MOVES}
    facts = {"who": event.actor_name, "when": when, "what": labels.get(event.verb, event.verb)}
    return _("最近一次：%(who)s %(when)s %(what)s。") % facts


def _found(reading: SheetReading, workbook: IO[bytes], words: Wording) -> list[Found]:
    """Return all rows in the sheet's order, those with an unreadable cell with their problems and their token."""
    rows = [Found(row.number, row.values, row[TOKEN]) for row in reading.rows]
    problems: dict[int, list[str]] = {}
    for problem in reading.problems:
        text = _("%(place)s（%(title)s）：%(message)s")
        facts = {"place": problem.place, "title": problem.title, "message": problem.message}
        problems.setdefault(problem.row, []).append(text % facts)
    if problems:
        # A row with one bad cell is not read at all; the second look is for its token, so that it can be named.
        tokens = {row.number: row[TOKEN] for row in read_workbook(workbook, tokens_only(words)).rows}
        rows += [Found(number, {}, tokens.get(number, ""), "".join(texts)) for number, texts in problems.items()]
    return sorted(rows, key=lambda row: row.row)


class _Comparer:
    """Compares the rows with the claims as they are now, asked for once."""

    def __init__(self, person: Person, reading: SheetReading) -> None:
        assert reading.spec is not None  # noqa: S101 - read with one; narrows the type
        self.person = person
        self.letters = reading.letters
        self.titles = {column.key: str(column.title) for column in reading.spec.columns}
        self.labels = {verb: label for label, verb in decisions().items()}

    def compare(self, rows: list[Found]) -> Comparison:
        """Go through the rows; each claim may be asked for once."""
        read = [(row, read_token(row.token)) for row in rows]
        mine = [token for row, token in read if token and token.person == self.person.pk and row.asks]
        self.times = Counter(token.claim for token in mine)
        plan = batches.plan(self.person, [batches.Wanted(token.claim, token.revision) for token in mine])
        self.planned = {row.wanted.pk: row for row in plan.rows}
        self.last = moved_by(row.claim.pk for row in plan.rows if row.fault and row.claim)
        lines = [line for row, token in read if (line := self._line(row, token)) is not None]
        return Comparison(lines, len(rows), len(rows) - len(lines))

    def _line(self, row: Found, token: RowToken | None) -> Line | None:
        """Return what a row comes to, None when nothing was typed."""
        line = Line(row.row)
        if token is None:
            return line.refuse(_unsigned(row))
        if not row.asks:
            return None
        if token.person != self.person.pk:
            return line.refuse(_("这一行是为别人导出的，只有导出者本人可以导入。"))
        planned = self.planned[token.claim]
        line.claim, line.revision, line.label = token.claim, token.revision, planned.label
        line.becomes = planned.becomes
        self._take(line, row)
        why, keeps = self._verdict(line, row, planned)
        return line.refuse(why, keeps) if why else line

    def _verdict(self, line: Line, row: Found, planned: batches.Row) -> tuple[str, str]:
        """Return why a row cannot be carried out, empty when it can, and what of it can be used again."""
        if self.times[line.claim] > 1:
            return _("同一条申报在工作簿里出现了多次，无法判断以哪一行为准。"), NONE
        if planned.claim is None:
            return planned.fault, NONE
        if planned.fault:
            return planned.fault + self.last.get(line.claim, ""), WORDS
        if row.problem:
            return row.problem, NONE
        if changed := self._changed(line, row, planned.claim):
            text = _("锁定的内容被改动（%(columns)s），可能与别的申报错了位。")
            return text % {"columns": "、".join(changed)}, NONE
        return self._objection(line, planned), ALL

    def _take(self, line: Line, row: Found) -> None:
        """Note what was typed, each cell with what stood there before: nothing."""
        if row.problem:
            return
        amount: Decimal | None = row.values[POINTS]
        line.verb, line.reason = row.values[DECISION] or "", row.values[REASON] or ""
        line.points = "" if amount is None else str(amount)
        shown = {DECISION: self.labels.get(line.verb, ""), POINTS: plain(amount), REASON: line.reason}
        for key in TYPED:
            if shown[key]:
                self._differs(line, key, "", shown[key])

    def _differs(self, line: Line, key: str, old: str, new: str) -> None:
        place = f"{self.letters.get(key, '')}{line.row}"
        line.cells.append({"place": place, "title": self.titles[key], "old": old, "new": new})

    def _changed(self, line: Line, row: Found, claim: Claim) -> list[str]:
        """Return the titles of the locked columns that no longer say what was exported; a missing column is none."""
        changed = []
        for key, kept in locked_values(claim).items():
            if key in self.letters and not is_same(kept, row.values[key]):
                changed.append(self.titles[key])
                self._differs(line, key, plain(kept), plain(row.values[key]))
        return changed

    def _objection(self, line: Line, planned: batches.Row) -> str:
        """Return why the decision itself cannot be carried out."""
        if not line.verb:
            return _("填了分值或理由，却没有选择审核决定。")
        if line.verb != "approve":
            return "" if line.reason.strip() else _("请填写理由，学生会看到它。")
        if not planned.gives_points:
            text = _("该环节只给意见，请清空“%(column)s”。")
            return text % {"column": self.titles[POINTS]} if line.points else planned.doubt
        if planned.doubt and not line.points:
            text = _("没有建议可以核对，或建议与申请不同。请在“%(column)s”写明分值。")
            return text % {"column": self.titles[POINTS]}
        line.points = line.points or str(planned.points)
        try:
            line.shown = plain(check_points(planned.claim, line.points, line.reason))  # type: ignore[arg-type]  # a row without has a fault
        except ValidationError as error:
            return "".join(error.messages)
        return ""


def _unsigned(row: Found) -> str:
    if row.token:
        return _("行凭证被改动，无法确认是哪一条申报。")
    return _("这一行没有行凭证：它不是导出的，或凭证被删除。")
