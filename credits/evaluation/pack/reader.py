"""Taking values out of a pack's tables, noting every wrong, missing or unknown key with its place."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from credits.evaluation.pack.positions import Path
from credits.evaluation.pack.report import Report

Value = TypeVar("Value")
# Beyond any regulation's figure and any file size; keeps arithmetic exact.
LARGEST = Decimal(10**12)
MOST_DECIMALS = 6


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint for a misspelt word, or an empty text."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.5)
    return _("；是否应为“%(word)s”？") % {"word": close[0]} if close else ""


class Reader:
    """One table of the pack.

    Methods with `_or` allow the key to be missing. A wrong value is noted and replaced by an empty one, so that
    reading goes on and finds the next problem; nothing read from a pack with problems is ever used.
    """

    def __init__(self, data: Mapping[str, Any], path: Path, report: Report) -> None:
        self._data = data
        self._report = report
        self._known: list[str] = []
        self.path = path

    def __contains__(self, key: str) -> bool:
        return key in self._data

    def problem(self, key: str, message: str) -> None:
        """Note a problem at one of this table's keys (at the table itself when `key` is empty)."""
        self._report.add((*self.path, key) if key else self.path, message)

    def finish(self) -> None:
        """Note every key that nobody asked for: most are misspelt."""
        for key in self._data:
            if key not in self._known:
                self.problem(key, _("不认识的键") + did_you_mean(key, self._known))

    def text(self, key: str) -> str:
        """Text that must be there and not be empty."""
        return self._required(key, self.text_or, "")

    def text_or(self, key: str, default: str = "") -> str:
        """Text, or the default."""
        value: str = self._typed(key, str, _("应为文字"), default)
        if isinstance(self._data.get(key), str) and not value.strip():
            self.problem(key, _("不能为空"))
        return value.strip()

    def one_of(self, key: str, allowed: Iterable[str], default: str | None = None) -> str:
        """One of the allowed words."""
        options = tuple(allowed)
        value = self.text(key) if default is None else self.text_or(key, default)
        if value and value not in options:
            message = _("“%(value)s”不是可用的值（%(options)s）") % {
                "value": value,
                "options": "、".join(options),
            }
            self.problem(key, message + did_you_mean(value, options))
        return value

    def flag(self, key: str, *, default: bool = False) -> bool:
        """True or false."""
        return bool(self._typed(key, bool, _("应为 true 或 false"), default))

    def whole(self, key: str, *, least: int = 0) -> int:
        """A whole number that must be there."""
        return int(self._required(key, lambda name, _default: self.whole_or(name, least=least), least) or 0)

    def whole_or(self, key: str, default: int | None = None, *, least: int = 0) -> int | None:
        """A whole number, or the default."""
        number = self.decimal_or(key, least=Decimal(least))
        if number is None:
            return default
        if number != number.to_integral_value():
            self.problem(key, _("应为整数"))
        return int(number)

    def decimal(self, key: str, *, least: Decimal | None = Decimal(0)) -> Decimal:
        """A number that must be there."""
        return self._required(key, lambda name, _d: self.decimal_or(name, least=least), Decimal(0)) or Decimal(0)

    def decimal_or(self, key: str, *, least: Decimal | None = Decimal(0)) -> Decimal | None:
        """A number, or None."""
        self._know(key)
        if key not in self._data:
            return None
        return self._number((key,), self._data[key], least)

    def date_or(self, key: str) -> datetime.date | None:
        """A date, or None."""
        value: datetime.date | None = self._typed(key, datetime.date, _("应为日期，如 2024-09-01"), None)
        return value

    def texts(self, key: str, *, least: int = 0) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(self._list(key, least, self._text_item))

    def numbers(self, key: str, *, least: int = 0) -> tuple[Decimal, ...]:
        """A list of numbers."""
        return tuple(self._list(key, least, self._number_item))

    def rows(self, key: str, *, least: int = 0) -> list[tuple[Path, list[Any]]]:
        """A list of lists, each with its path."""
        return self._list(key, least, self._row_item)

    def mapping(self, key: str) -> dict[str, Any]:
        """A table whose keys are the author's own."""
        return dict(self._typed(key, dict, _("应为表"), {}))

    def child(self, key: str) -> Reader:
        """A table that must be there."""
        self._know(key)
        if key not in self._data:
            self.problem(key, _("缺少这一部分"))
        return self._reader((key,), self._data.get(key, {}))

    def named_children(self, key: str) -> dict[str, Reader]:
        """Tables under the author's own names, in order."""
        return {name: self._reader((key, name), value) for name, value in self.mapping(key).items()}

    def children(self, key: str, *, least: int = 0) -> list[Reader]:
        """Repeated tables, in order."""
        values = self._list(key, least, lambda path, value: (path, value))
        return [Reader(self._table(path, value), path, self._report) for path, value in values]

    def number_at(self, path: Path, value: object) -> Decimal:
        """A number inside a list, not below zero."""
        return self._number(path[len(self.path) :], value, Decimal(0)) or Decimal(0)

    def problem_at(self, path: Path, message: str) -> None:
        """Note a problem at a full path."""
        self._report.add(path, message)

    def _know(self, key: str) -> None:
        if key not in self._known:
            self._known.append(key)

    def _required(self, key: str, read: Callable[[str, Any], Value], default: Any) -> Value:
        self._know(key)
        if key not in self._data:
            self.problem(key, _("缺少这个键"))
        return read(key, default)

    def _typed(self, key: str, kind: type[Value], message: str, default: Any) -> Any:
        self._know(key)
        if key not in self._data:
            return default
        value = self._data[key]
        if not isinstance(value, kind):
            self.problem(key, message)
            return default
        return value

    def _number(self, inner: Path, value: object, least: Decimal | None) -> Decimal | None:
        path = (*self.path, *inner)
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or not Decimal(value).is_finite():
            self._report.add(path, _("应为数字"))
            return None
        number = Decimal(value)
        if abs(number) > LARGEST or number != round(number, MOST_DECIMALS):
            self._report.add(path, _("数字过大，或小数位过多"))
            return None
        if least is not None and number < least:
            self._report.add(path, _("不能小于 %(least)s") % {"least": least})
        return number

    def _list(self, key: str, least: int, read: Callable[[Path, Any], Value]) -> list[Value]:
        values = self._typed(key, list, _("应为列表"), [])
        if key not in self._data and least:
            self.problem(key, _("缺少这个键"))
        elif isinstance(self._data.get(key), list) and len(values) < least:
            self.problem(key, _("至少要有 %(least)s 项") % {"least": least})
        return [read((*self.path, key, position), value) for position, value in enumerate(values)]

    def _text_item(self, path: Path, value: object) -> str:
        if not isinstance(value, str) or not value.strip():
            self._report.add(path, _("应为文字"))
            return ""
        return value.strip()

    def _number_item(self, path: Path, value: object) -> Decimal:
        return self._number(path[len(self.path) :], value, Decimal(0)) or Decimal(0)

    def _row_item(self, path: Path, value: object) -> tuple[Path, list[Any]]:
        if not isinstance(value, list):
            self._report.add(path, _("应为列表"))
            return path, []
        return path, value

    def _reader(self, inner: Path, value: object) -> Reader:
        path = (*self.path, *inner)
        return Reader(self._table(path, value), path, self._report)

    def _table(self, path: Path, value: object) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        self._report.add(path, _("应为表"))
        return {}
