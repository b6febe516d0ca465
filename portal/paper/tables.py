"""Rows of cells, measured: how high a row is, and what of it fits when a page ends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from portal.paper.lines import MM, set_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.paper.lines import Line, Paragraph


@dataclass(frozen=True, slots=True)
class Cell:
    """Paragraphs in the middle of a frame over ``span`` columns; ``across`` is its padding in millimetres."""

    paragraphs: tuple[Paragraph, ...]
    span: int = 1
    shaded: bool = False
    across: float = 1.6


@dataclass(frozen=True, slots=True)
class Row:
    """Cells side by side; ``down`` is their padding above and below in millimetres."""

    cells: tuple[Cell, ...]
    down: float = 1.5


@dataclass(frozen=True, slots=True)
class Placed:
    """One line in a cell: its distance from the one before, its height with what follows, its alignment; points."""

    line: Line
    before: float
    height: float
    align: str


@dataclass(frozen=True, slots=True)
class Box:
    """A cell that was measured: its place across, its lines and their height."""

    x: float
    width: float
    lines: tuple[Placed, ...]
    height: float
    cell: Cell

    @property
    def padding(self) -> float:
        """Return the distance of the lines from the frame."""
        return self.cell.across * MM

    def parted(self, room: float) -> tuple[Box, Box]:
        """Return what fits into so much room, and the rest."""
        count, taken = 0, 0.0
        for line in self.lines:
            if taken + line.height > room:
                break
            taken += line.height
            count += 1
        return (
            replace(self, lines=self.lines[:count], height=taken),
            replace(self, lines=self.lines[count:], height=self.height - taken),
        )


@dataclass(frozen=True, slots=True)
class Measured:
    """A row that was measured: its height with the padding, points."""

    boxes: tuple[Box, ...]
    down: float
    height: float

    def parted(self, room: float) -> tuple[Measured, Measured]:
        """Part a row that no page holds: what fits into so much room, and the rest."""
        pairs = [box.parted(room - 2 * self.down) for box in self.boxes]
        return _measured([head for head, _rest in pairs], self.down), _measured(
            [rest for _head, rest in pairs], self.down
        )


def measure(row: Row, columns: Sequence[float]) -> Measured:
    """Measure a row over columns of these widths in points."""
    boxes, x, place = [], 0.0, 0
    for cell in row.cells:
        width = sum(columns[place : place + cell.span])
        lines = [placed for one in cell.paragraphs for placed in _placed(one, width - 2 * cell.across * MM)]
        boxes.append(Box(x, width, tuple(lines), sum(line.height for line in lines), cell))
        x, place = x + width, place + cell.span
    return _measured(boxes, row.down * MM)


def _measured(boxes: Sequence[Box], down: float) -> Measured:
    return Measured(tuple(boxes), down, max(box.height for box in boxes) + 2 * down)


def _placed(paragraph: Paragraph, width: float) -> list[Placed]:
    lines = set_lines(paragraph, round(width, 2))
    spare = max(paragraph.least * MM - sum(line.height for line in lines), 0)
    last = len(lines) - 1
    placed = []
    for number, line in enumerate(lines):
        before, after = paragraph.before * MM if number == 0 else 0, spare if number == last else 0
        placed.append(Placed(line, before, before + line.height + after, paragraph.align))
    return placed
