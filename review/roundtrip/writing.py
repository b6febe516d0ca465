"""Writes the workbook: everything locked but the cells to decide in, lists to choose from, text that stays text."""

from __future__ import annotations

import io
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from portal.points import PLACES, format_points
from portal.spreadsheets.writing import FORMULA_SIGNS, ILLEGAL
from review.desk.reviewing import act_of
from review.roundtrip.sheet import (
    DECISION,
    MOST,
    POINTS,
    REASON,
    REASON_LENGTH,
    TOKEN,
    TYPED,
    decision_sheet,
    locked_values,
)
from review.roundtrip.tokens import row_token

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

    from credits.models import Claim
    from portal.models import Person
    from portal.wording import Wording

HEADING, OPEN, SHUT = (PatternFill("solid", fgColor=colour) for colour in ("E8EDF3", "FFF8E1", "EEEEEE"))
BOLD, FAINT, LINK = Font(bold=True), Font(color="999999"), Font(color="0B57A4", underline="single")
WRAPPED, UNLOCKED = Alignment(wrap_text=True, vertical="top"), Protection(locked=False)
WRAPS = {"content", "details", REASON}
FREEZE = "C2"


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One row to write: a claim, what was typed beside it before, and why that was refused."""

    claim: Claim
    decision: str = ""
    points: str = ""
    reason: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Lost:
    """A refused row that cannot be decided any more: its number, whose it was, and why."""

    row: int
    label: str
    why: str


class DecisionBook:
    """The workbook of one person's rows; ``address`` leads from a claim's id to its page."""

    def __init__(self, person: Person, words: Wording, address: Callable[[int], str]) -> None:
        self.person = person
        self.words = words
        self.address = address
        self.spec = decision_sheet(words)
        self.letters = {column.key: get_column_letter(n) for n, column in enumerate(self.spec.columns, start=1)}

    def write(self, lines: Sequence[SheetLine], lost: Sequence[Lost] = (), *, left: bool = False) -> bytes:
        """Return the file; ``left`` says that the queue held more than one workbook takes."""
        book = Workbook()
        sheet: Any = book.active
        sheet.title = str(self.spec.title)
        corrected = any(line.why for line in lines)
        self._head(sheet, corrected=corrected)
        for number, line in enumerate(lines, start=2):
            self._row(sheet, number, line)
        if lines:
            self._validate(sheet, lines)
            sheet.auto_filter.ref = f"A1:{self.letters[TOKEN]}{len(lines) + 1}"
        sheet.protection.sheet = True
        for allowed in ("sort", "autoFilter", "formatColumns", "formatRows"):
            setattr(sheet.protection, allowed, False)  # openpyxl: what is not forbidden
        if lost:
            self._lost(book.create_sheet(_("不能再处理的行")), lost)
        self._explain(book.create_sheet(_("填写说明")), left=left)
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    def _head(self, sheet: Worksheet, *, corrected: bool) -> None:
        sheet.freeze_panes = FREEZE
        for column in self.spec.columns:
            cell = sheet[f"{self.letters[column.key]}1"]
            cell.value, cell.font, cell.fill = str(column.title), BOLD, OPEN if column.key in TYPED else HEADING
            sheet.column_dimensions[self.letters[column.key]].width = column.width
        if corrected:
            letter = get_column_letter(len(self.spec.columns) + 1)
            cell = sheet[f"{letter}1"]
            cell.value, cell.font, cell.fill = _("上次被拒绝的原因"), BOLD, HEADING
            sheet.column_dimensions[letter].width = 40

    def _row(self, sheet: Worksheet, number: int, line: SheetLine) -> None:
        typed = {DECISION: line.decision, POINTS: Decimal(line.points) if line.points else None, REASON: line.reason}
        values = {**locked_values(line.claim), **typed, TOKEN: row_token(line.claim, self.person)}
        gives_points = act_of(line.claim) == "points"
        for index, column in enumerate(self.spec.columns, start=1):
            cell: Any = sheet.cell(number, index)
            put(cell, values[column.key])
            if column.key in WRAPS:
                cell.alignment = WRAPPED
            if column.kind == "decimal":
                cell.number_format = "0.00"
            if column.key in TYPED:
                opened = column.key != POINTS or gives_points
                cell.fill = OPEN if opened else SHUT
                if opened:
                    cell.protection = UNLOCKED
        link: Any = sheet[f"{self.letters['content']}{number}"]
        link.hyperlink, link.font = self.address(line.claim.pk), LINK
        sheet[f"{self.letters[TOKEN]}{number}"].font = FAINT
        if line.why:
            why: Any = sheet.cell(number, len(self.spec.columns) + 1)
            put(why, line.why)
            why.alignment = WRAPPED

    def _validate(self, sheet: Worksheet, lines: Sequence[SheetLine]) -> None:
        last = len(lines) + 1
        choices = ",".join(self.spec.column(DECISION).choices)
        one = DataValidation(type="list", formula1=f'"{choices}"', allow_blank=True)
        one.error, one.errorTitle = _("请从列表中选择。"), str(self.spec.column(DECISION).title)
        one.add(f"{self.letters[DECISION]}2:{self.letters[DECISION]}{last}")
        length = DataValidation(type="textLength", operator="lessThanOrEqual", formula1=str(REASON_LENGTH))
        length.error = _("不能超过 %s 个字。") % REASON_LENGTH
        length.add(f"{self.letters[REASON]}2:{self.letters[REASON]}{last}")
        rules = [one, length]
        numbered = enumerate(lines, start=2)
        for maximum, some in groupby(numbered, key=lambda pair: pair[1].claim.scheme_version.data.limits.max_points):
            rows = [number for number, _line in some]
            rule = DataValidation(
                type="decimal", operator="between", formula1=str(PLACES), formula2=str(maximum), allow_blank=True
            )
            rule.error = _("请填写大于 0、不超过 %s 的数字，最多两位小数。") % format_points(maximum)
            rule.add(f"{self.letters[POINTS]}{rows[0]}:{self.letters[POINTS]}{rows[-1]}")
            rules.append(rule)
        for rule in rules:
            rule.showErrorMessage = True
            sheet.add_data_validation(rule)

    def _explain(self, sheet: Worksheet, *, left: bool) -> None:
        points = self.spec.column(POINTS).title
        notes = [
            _("只有“审核决定”“%(points)s”“理由或意见”三列可以填写，其余内容是申报的事实，请勿改动。"),
            _("审核决定留空的行不处理，可以留到以后，也可以删除。"),
            _("通过时“%(points)s”留空，即按“当前分值”通过；与当前分值不同的须写理由。灰色格的环节只给意见，不填分值。"),
            _("退回修改和不予通过必须写理由，学生会看到。"),
            _("需要排序时先撤销工作表保护（没有密码），并选中全部列一起排序；只排一部分列的行会被拒绝。"),
            _("不要修改“版本”和“行凭证”，不要新增行，不要使用公式。"),
            _("导出之后有变化的申报，导入时会被指出并拒绝，其余照常执行。工作簿只对导出者本人有效。"),
        ]
        if left:
            notes.append(_("一份工作簿最多 %(most)s 条，这里只有队列最前面的部分；执行之后请再导出一次。"))
        sheet.column_dimensions["A"].width = 100
        for number, note in enumerate(notes, start=1):
            cell: Any = sheet.cell(number, 1)
            put(cell, note % {"points": points, "most": MOST})
            cell.alignment = WRAPPED

    def _lost(self, sheet: Worksheet, lost: Sequence[Lost]) -> None:
        for index, title in enumerate((_("行号"), _("申报"), _("原因")), start=1):
            cell: Any = sheet.cell(1, index, title)
            cell.font, cell.fill = BOLD, HEADING
            sheet.column_dimensions[get_column_letter(index)].width = (8, 48, 60)[index - 1]
        for number, row in enumerate(lost, start=2):
            for index, value in enumerate((row.row, row.label, row.why), start=1):
                put(sheet.cell(number, index), value)


def put(cell: Cell, value: Any) -> None:
    """Write a value; what begins like a formula stays text, also when somebody edits the cell (T12)."""
    if not isinstance(value, str):
        cell.value = value
        return
    cell.value = ILLEGAL.sub("", value)
    cell.data_type = "s"
    if value.startswith(FORMULA_SIGNS):
        cell.quotePrefix = True
