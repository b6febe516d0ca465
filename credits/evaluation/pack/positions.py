"""On which line of a TOML text each key stands, and between which characters each value.

`tomllib` gives values without places. This scanner walks the same text and notes the line of every table, key and
array element. It expects text that `tomllib` has accepted, so it decides nothing about validity.
"""

from __future__ import annotations

import re
import tomllib

Path = tuple[str | int, ...]

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRINGS = (
    re.compile(r'"""(?:\\.|[^\\])*?"{3,5}', re.DOTALL),
    re.compile(r"'''.*?'{3,5}", re.DOTALL),
    re.compile(r'"(?:\\.|[^"\\\n])*"'),
    re.compile(r"'[^'\n]*'"),
)
_SCALAR = re.compile(r"[^,\]}#\n]+")
_BLANK = re.compile(r"[ \t]*")
_BLANK_LINES = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")


class KeyLines:
    """Lines by path, for example `("category", 0, "step", 2, "table")`; array positions count from 0."""

    def __init__(self, text: str) -> None:
        """Scan the text."""
        self._lines: dict[Path, int] = {(): 1}
        self._spans: dict[Path, tuple[int, int]] = {}
        _Scanner(text, self._lines, self._spans).scan()

    def line(self, path: Path) -> int:
        """The line of the key, or of the nearest thing around it when the key is missing."""
        while path not in self._lines:
            path = path[:-1]
        return self._lines[path]

    def span(self, path: Path) -> tuple[int, int] | None:
        """Where the value of a key or an array element begins and ends in the text; None when there is no such key."""
        return self._spans.get(path)


class _Scanner:
    def __init__(self, text: str, lines: dict[Path, int], spans: dict[Path, tuple[int, int]]) -> None:
        self._text = text
        self._at = 0
        self._counted = (0, 1)  # an offset and its line, so that counting goes forward only
        self._lines = lines
        self._spans = spans
        self._lengths: dict[Path, int] = {}

    def scan(self) -> None:
        table: Path = ()
        self._skip(_BLANK_LINES)
        while self._at < len(self._text):
            if self._text.startswith("[", self._at):
                table = self._header()
            else:
                self._pair(table)
            self._skip(_BLANK_LINES)

    def _header(self) -> Path:
        line, repeated = self._line(), self._text.startswith("[[", self._at)
        self._at += 2 if repeated else 1
        *outer, last = self._key()
        self._at += 2 if repeated else 1
        path = (*self._resolve(outer, line), last)
        if repeated:
            self._lengths[path] = self._lengths.get(path, 0) + 1
            self._lines.setdefault(path, line)
            path = (*path, self._lengths[path] - 1)
        else:
            path = self._resolve([*outer, last], line)
        self._lines.setdefault(path, line)
        return path

    def _resolve(self, keys: list[str], line: int) -> Path:
        """The path of a header: inside repeated tables, the latest one is meant."""
        path: Path = ()
        for key in keys:
            path = (*path, key)
            self._lines.setdefault(path, line)
            if path in self._lengths:
                path = (*path, self._lengths[path] - 1)
        return path

    def _pair(self, table: Path) -> None:
        line, path = self._line(), table
        for key in self._key():
            path = (*path, key)
            self._lines.setdefault(path, line)
        self._at += 1  # the equals sign
        self._skip(_BLANK)
        self._value(path)

    def _key(self) -> list[str]:
        keys = [self._key_part()]
        self._skip(_BLANK)
        while self._text.startswith(".", self._at):
            self._at += 1
            keys.append(self._key_part())
            self._skip(_BLANK)
        return keys

    def _key_part(self) -> str:
        self._skip(_BLANK)
        if self._text[self._at] in "\"'":
            quoted = self._string()
            return str(tomllib.loads(f"key = {quoted}")["key"])
        return self._take(_BARE_KEY)

    def _value(self, path: Path) -> None:
        start, first = self._at, self._text[self._at]
        if first in "\"'":
            self._string()
        elif first == "[":
            self._array(path)
        elif first == "{":
            self._inline_table(path)
        else:
            self._take(_SCALAR)
        self._spans[path] = (start, start + len(self._text[start : self._at].rstrip()))

    def _array(self, path: Path) -> None:
        self._at += 1
        position = 0
        self._skip(_BLANK_LINES)
        while self._text[self._at] != "]":
            self._lines[*path, position] = self._line()
            self._value((*path, position))
            position += 1
            self._skip_separator()
        self._at += 1

    def _inline_table(self, path: Path) -> None:
        self._at += 1
        self._skip(_BLANK_LINES)
        while self._text[self._at] != "}":
            self._pair(path)
            self._skip_separator()
        self._at += 1

    def _skip_separator(self) -> None:
        self._skip(_BLANK_LINES)
        if self._text[self._at] == ",":
            self._at += 1
            self._skip(_BLANK_LINES)

    def _string(self) -> str:
        for pattern in _STRINGS:
            if match := pattern.match(self._text, self._at):
                self._at = match.end()
                return match[0]
        raise ValueError(f"unterminated string on line {self._line()}")  # tomllib refuses it first

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            raise ValueError(f"unreadable key or value on line {self._line()}")  # tomllib refuses it first
        self._at = match.end()
        return match[0]

    def _skip(self, pattern: re.Pattern[str]) -> None:
        if match := pattern.match(self._text, self._at):
            self._at = match.end()

    def _line(self) -> int:
        offset, line = self._counted
        self._counted = (self._at, line + self._text.count("\n", offset, self._at))
        return self._counted[1]
