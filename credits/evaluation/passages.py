"""The text of an article as people read it: lines, and the tables that regulations print inside their articles.

A pack keeps such a table as lines whose cells are parted by ideographic spaces, the first line its heading.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from credits.evaluation.grid import Cell, merged

PART = "\u3000"
MOST_HEADINGS = 8


@dataclass(frozen=True, slots=True)
class Passage:
    """Some lines of text, or a table with its title above it."""

    text: str = ""
    headers: tuple[str, ...] = ()
    cells: tuple[tuple[Cell, ...], ...] = ()

    @property
    def is_table(self) -> bool:
        return bool(self.headers)

    @property
    def title(self) -> str:
        """What a table is called; pages name their parts by it."""
        return self.text


def passages(text: str) -> tuple[Passage, ...]:
    """Return the text in parts, in its order; nothing is lost but the line breaks."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return tuple(_read(lines))


def _read(lines: list[str]) -> Iterator[Passage]:
    plain: list[str] = []
    at = 0
    while at < len(lines):
        end = _table_end(lines, at)
        if end == at:
            plain.append(lines[at])
            at += 1
            continue
        title = plain.pop() if plain else ""
        if plain:
            yield Passage("\n".join(plain))
            plain = []
        yield _table(title, lines[at:end])
        at = end
    if plain:
        yield Passage("\n".join(plain))


def _table_end(lines: Sequence[str], start: int) -> int:
    """Where the table that begins at a line ends; the line itself when none does.

    A heading has two cells at least, and a row of figures follows it, at once or after a line that heads the rows.
    """
    if not 1 < len(_cells(lines[start])) <= MOST_HEADINGS:
        return start
    end = start + 1
    while end < len(lines) and (_is_row(lines[end]) or _heads_rows(lines, end)):
        end += 1
    return end if end > start + 1 else start


def _is_row(line: str) -> bool:
    return len(_cells(line)) > 1


def _heads_rows(lines: Sequence[str], at: int) -> bool:
    return at + 1 < len(lines) and not _is_row(lines[at]) and _is_row(lines[at + 1])


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split(PART) if cell.strip()]


def _table(title: str, lines: Sequence[str]) -> Passage:
    headers = tuple(_cells(lines[0]))
    cells: list[tuple[Cell, ...]] = []
    rows: list[tuple[str, ...]] = []
    for line in lines[1:]:
        if _is_row(line):
            rows.append(_full(_cells(line), len(headers)))
            continue
        cells += merged(rows)
        rows = []
        cells.append((Cell(line, columns=len(headers), heads=True),))
    return Passage(title, headers, (*cells, *merged(rows)))


def _full(cells: list[str], width: int) -> tuple[str, ...]:
    """A row of the table's width: what is missing stands after the first cell, what is too much joins the last."""
    if len(cells) > width:
        return (*cells[: width - 1], PART.join(cells[width - 1 :]))
    return (cells[0], *[""] * (width - len(cells)), *cells[1:])
