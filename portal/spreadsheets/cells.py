"""Reading one cell as its column wants it; every refusal is a sentence for the person who fills the sheet."""

import datetime as dt
import difflib
import math
import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from portal.spreadsheets.spec import Column

#: Spreadsheets keep fifteen digits of a number; beyond, an identifier has lost its end.
SAFE_DIGITS = 15
SCIENTIFIC = re.compile(r"^[+-]?\d+(\.\d+)?[eE][+-]?\d+$")
FLOAT_TAIL = re.compile(r"^(\d+)\.0+$")
DATE = re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$")
COMPACT_DATE = re.compile(r"^(\d{4})(\d{2})(\d{2})$")


class CellRefused(Exception):  # noqa: N818 - the outcome, not a fault
    """The cell cannot be read as its column wants; the message tells what to write."""


def read_cell(column: Column, raw: Any) -> Any:
    """Value of a cell, None when it is empty; CellRefused when it does not fit its column."""
    if isinstance(raw, str):
        raw = unicodedata.normalize("NFC", raw).strip()
    if raw is None or raw == "":
        if column.required:
            raise CellRefused(_("必须填写。"))
        return None
    return READERS[column.kind](column, raw)


def show(raw: Any) -> str:
    """A raw cell as its sheet shows it, shortened for a message."""
    if raw is None:
        return ""
    if isinstance(raw, list):
        return str(raw[1])
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < 10**SAFE_DIGITS:
        return str(int(raw))
    text = str(raw)
    return text if len(text) <= 60 else f"{text[:60]}…"  # noqa: PLR2004 - a message's line


def _text(column: Column, raw: Any) -> str:
    if isinstance(raw, bool):
        raise CellRefused(_("应为文字，而不是逻辑值。"))
    value = show(raw) if not isinstance(raw, str) else raw
    if len(value) > column.max_length:
        raise CellRefused(_("不能超过 %s 个字。") % column.max_length)
    if any(unicodedata.category(char) in {"Cc", "Cs", "Co", "Cn"} and char not in "\n\t\r" for char in value):
        raise CellRefused(_("含有无法显示的字符，请重新输入。"))
    return value


def _code(column: Column, raw: Any) -> str:
    if isinstance(raw, list | bool):
        raise CellRefused(_("应为编号。请把单元格格式设为“文本”后重新输入。"))
    if isinstance(raw, int | float):
        if not math.isfinite(raw) or not float(raw).is_integer() or abs(raw) >= 10**SAFE_DIGITS:
            raise CellRefused(_("编号已被表格软件改成数字并丢失末位。请把单元格格式设为“文本”后重新输入。"))
        return str(int(raw))
    value = re.sub(r"\s", "", unicodedata.normalize("NFKC", raw))
    if SCIENTIFIC.match(value):
        raise CellRefused(_("编号被写成了科学计数。请把单元格格式设为“文本”后重新输入。"))
    return _text(column, FLOAT_TAIL.sub(r"\1", value))


def _number(column: Column, raw: Any) -> int:
    value = _amount(raw)
    if value != value.to_integral_value():
        raise CellRefused(_("应为整数。"))
    if abs(value) >= 10**SAFE_DIGITS:
        raise CellRefused(_("数字过大。"))
    del column  # every reader has the same signature
    return int(value)


def _decimal(column: Column, raw: Any) -> Decimal:
    value = _amount(raw)
    if value != round(value, column.places):
        raise CellRefused(_("小数最多 %s 位。") % column.places)
    return round(value, column.places)


def _amount(raw: Any) -> Decimal:
    if isinstance(raw, bool | list):
        raise CellRefused(_("应为数字。"))
    try:
        if isinstance(raw, str):
            text = unicodedata.normalize("NFKC", raw).replace(",", "")
            value = Decimal(text)
        else:
            # Twelve digits take off the noise of binary fractions: 0.1 + 0.2 is 0.3 on the sheet.
            value = Decimal(f"{raw:.12g}")
    except InvalidOperation as error:
        raise CellRefused(_("应为数字。")) from error
    if not value.is_finite() or abs(value) >= 10**SAFE_DIGITS:
        raise CellRefused(_("应为数字。"))
    return value


def _date(column: Column, raw: Any) -> dt.date:
    del column  # every reader has the same signature
    if isinstance(raw, list) and raw[0] in {"date", "datetime"}:
        return dt.date.fromisoformat(raw[1][:10])
    text = show(raw)
    match = DATE.match(unicodedata.normalize("NFKC", text)) or COMPACT_DATE.match(text)
    try:
        if match:
            return dt.date(*(int(part) for part in match.groups()))
    except ValueError as error:
        raise CellRefused(_("日期不存在。请写成 2026-01-31 的形式。")) from error
    raise CellRefused(_("应为日期。请写成 2026-01-31 的形式。"))


def _choice(column: Column, raw: Any) -> Any:
    text = show(raw)
    if text in column.choices:
        return column.choices[text]
    folded = {_folded(name): value for name, value in column.choices.items()}
    if _folded(text) in folded:
        return folded[_folded(text)]
    close = difflib.get_close_matches(text, column.choices, n=1, cutoff=0.5)
    if close:
        raise CellRefused(_("没有这一选项。是否要填“%s”？") % close[0])
    known = "、".join(list(column.choices)[:8])
    raise CellRefused(_("没有这一选项。可填：%s") % known)


def _folded(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).casefold()


READERS = {
    "text": _text,
    "code": _code,
    "number": _number,
    "decimal": _decimal,
    "date": _date,
    "choice": _choice,
}
