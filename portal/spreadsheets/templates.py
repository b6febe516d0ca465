"""Templates to fill in: the description of a sheet as a workbook with lists to choose from."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from portal.spreadsheets.spec import Column, SheetSpec

HEADING = PatternFill("solid", fgColor="E8EDF3")
REQUIRED = Font(bold=True, color="9C1C1C")
OPTIONAL = Font(bold=True)
FORMATS = {"text": "@", "code": "@", "choice": "@", "number": "0", "decimal": "0.00", "date": "yyyy-mm-dd"}
PREPARED_ROWS = 2000


def write_template(
    spec: SheetSpec | Sequence[SheetSpec],
    *,
    notes: Sequence[str] = (),
    examples: Sequence[Mapping[str, Any]] = (),
) -> bytes:
    """Workbook to fill in: the sheet with its heading, formats and lists, and a page of notes and examples.

    Examples (of the first sheet) stand on the page of notes only, so nobody uploads them by mistake.
    """
    specs = [spec] if isinstance(spec, SheetSpec) else list(spec)
    book = Workbook()
    book.remove(book.active)
    for one in specs:
        _prepare(book.create_sheet(str(one.title)), one)
    _explain(book.create_sheet(_("填写说明")), specs, notes, examples)
    lists = book.create_sheet("_lists")
    lists.sheet_state = "hidden"
    _offer_choices(book, lists, specs)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _prepare(sheet: Worksheet, spec: SheetSpec) -> None:
    sheet.freeze_panes = "A2"
    for index, column in enumerate(spec.columns, start=1):
        cell = sheet.cell(1, index, column.heading)
        cell.font = REQUIRED if column.required else OPTIONAL
        cell.fill = HEADING
        if hint := _hint(column):
            cell.comment = Comment(hint, "", width=260, height=120)
        letter = get_column_letter(index)
        sheet.column_dimensions[letter].width = column.width
        for row in range(2, PREPARED_ROWS + 2):
            # Without its format Excel turns a student number into 1.12E+09 as it is typed.
            sheet.cell(row, index).number_format = FORMATS[column.kind]


def _offer_choices(book: Workbook, lists: Worksheet, specs: Sequence[SheetSpec]) -> None:
    place = 0
    for spec in specs:
        sheet = book[str(spec.title)]
        for index, column in enumerate(spec.columns, start=1):
            if not column.choices:
                continue
            place += 1
            for row, choice in enumerate(column.choices, start=1):
                lists.cell(row, place, choice).data_type = "s"
            letter, target = get_column_letter(place), get_column_letter(index)
            formula = f"{quote_sheetname(lists.title)}!${letter}$1:${letter}${len(column.choices)}"
            rule = DataValidation(type="list", formula1=formula, allow_blank=not column.required)
            rule.error, rule.errorTitle = _("请从列表中选择。"), str(column.title)
            rule.add(f"{target}2:{target}{spec.max_rows + 1}")
            sheet.add_data_validation(rule)


def _explain(
    sheet: Worksheet,
    specs: Sequence[SheetSpec],
    notes: Sequence[str],
    examples: Sequence[Mapping[str, Any]],
) -> None:
    sheet.column_dimensions["A"].width = 24
    sheet.column_dimensions["B"].width = 80
    for note in notes:
        _line(sheet, [note])
    for spec in specs:
        _line(sheet, [])
        _line(sheet, [_("工作表“%s”") % spec.title], bold=True)
        for column in spec.columns:
            _line(sheet, [column.heading, _hint(column)])
    if examples:
        _line(sheet, [])
        _line(sheet, [_("示例（仅供参考，请填在第一张工作表中）")], bold=True)
        _line(sheet, [column.heading for column in specs[0].columns], bold=True)
        for example in examples:
            _line(sheet, [example.get(column.key, "") for column in specs[0].columns])


def _line(sheet: Worksheet, values: Sequence[Any], *, bold: bool = False) -> None:
    row = getattr(sheet, "_portal_row", 0) + 1
    sheet._portal_row = row  # noqa: SLF001 - our own mark: openpyxl forgets trailing empty lines
    for index, value in enumerate(values, start=1):
        cell = sheet.cell(row, index, value)
        if isinstance(value, str):
            cell.data_type = "s"  # openpyxl takes "=" at the beginning for a formula
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if bold:
            cell.font = OPTIONAL


def _hint(column: Column) -> str:
    kinds = {
        "code": _("编号，按文本填写。"),
        "number": _("整数。"),
        "decimal": _("数字，小数最多 %s 位。") % column.places,
        "date": _("日期，如 2026-01-31。"),
        "choice": _("从列表中选择。"),
    }
    parts = [_("必填。") if column.required else "", kinds.get(column.kind, ""), str(column.help)]
    return "".join(part for part in parts if part)
