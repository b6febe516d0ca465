"""A table of figures as regulations print it: what repeats down a column stands once, beside all its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell that is drawn: how many rows and columns it takes, and whether it heads its row."""

    text: str
    rows: int = 1
    columns: int = 1
    heads: bool = False


def merged(lines: Sequence[Sequence[str]]) -> tuple[tuple[Cell, ...], ...]:
    """Return the cells of each line; the last column holds the figures and is never merged.

    A key that repeats beneath equal keys is left out, and the first one takes its rows. Empty columns after a first key
    that stands for one line alone are its own.
    """
    return tuple(tuple(_line(lines, at)) for at in range(len(lines)))


def _line(lines: Sequence[Sequence[str]], at: int) -> list[Cell]:
    line = lines[at]
    last = len(line) - 1
    wide = 1
    if _length(lines, at, 0) == 1 and not _continues(lines, at, 0):
        while wide < last and not line[wide]:
            wide += 1
    if wide > 1:
        return [Cell(line[0], columns=wide, heads=True), *map(Cell, line[wide:])]
    cells = [
        Cell(line[column], rows=_length(lines, at, column), heads=column == 0)
        for column in range(last)
        if not _continues(lines, at, column)
    ]
    return [*cells, Cell(line[last])]


def _continues(lines: Sequence[Sequence[str]], at: int, column: int) -> bool:
    """Whether the cell says the same as the one above it, under the same keys before it."""
    return at > 0 and column < len(lines[at]) - 2 and lines[at][: column + 1] == lines[at - 1][: column + 1]


def _length(lines: Sequence[Sequence[str]], at: int, column: int) -> int:
    """How many lines the cell stands for."""
    end = at + 1
    while end < len(lines) and _continues(lines, end, column):
        end += 1
    return end - at
