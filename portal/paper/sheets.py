"""A document in the making: a cursor that goes down A4 pages, tables that break over them, a foot on each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import segno

from portal.paper.faces import ASCENT, DESCENT, HEI, SONG
from portal.paper.lines import MM, Paragraph, Span, set_lines
from portal.paper.tables import measure
from portal.pdf.rendering import UnprintableText

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.paper.lines import Line, Piece
    from portal.paper.tables import Box, Measured, Row

WIDTH, HEIGHT = 210 * MM, 297 * MM
HAIR, FRAME = 0.6, 1.0
SHIFT = {"left": 0.0, "center": 0.5, "right": 1.0}
BOX = 1.2  # points between a boxed word and its frame


class Sheet:
    """One document on pages of A4. Measures are millimetres from the outside, points within."""

    def __init__(self, title: str, foot: str = "", *, top: float = 15, side: float = 18, bottom: float = 15) -> None:
        self.title, self.foot = title, foot
        self.left, self.right = side * MM, WIDTH - side * MM
        self.top, self.bottom = HEIGHT - top * MM, bottom * MM
        self.pages: list[list[str]] = []
        self.used: dict[int, dict[int, str]] = {SONG: {}, HEI: {}}
        self.missing: dict[str, None] = {}
        self.y = self.top
        self._framed: float | None = None
        self.begin_page()

    def begin_page(self) -> None:
        """Go on at the top of a new page; a table's frame is closed and opened again."""
        self._close()
        self.pages.append([])
        self.y = self.top

    def go_to(self, distance: float) -> None:
        """Go on so many millimetres below the top of the page."""
        self._close()
        self.y = self.top - distance * MM

    def columns(self, *widths: float) -> list[float]:
        """Return widths in points; those given as 0 share what the others leave."""
        free = self.right - self.left - sum(widths) * MM
        share = free / max(sum(1 for width in widths if not width), 1)
        return [width * MM or share for width in widths]

    def write(self, paragraph: Paragraph, *, left: float = 0, right: float = 0) -> None:
        """Set a paragraph between the margins, or between these distances from them."""
        self._close()
        self.y -= paragraph.before * MM
        x, width = self.left + left * MM, self.right - self.left - (left + right) * MM
        for line in set_lines(paragraph, round(width, 2)):
            if self.y - line.height < self.bottom:
                self.begin_page()
            self._line(line, x, self.y, width, paragraph.align)
            self.y -= line.height

    def table(self, columns: Sequence[float], rows: Sequence[Row], heads: Sequence[Row] = ()) -> None:
        """Draw rows under the last ones; ``heads`` go before them, on every page anew."""
        top = [measure(row, columns) for row in heads]
        body = [measure(row, columns) for row in rows]
        first = body[0].height if body else 0
        if self.y - sum(row.height for row in top) - first < self.bottom and self.y < self.top:
            self.begin_page()
        for row in top:
            self._row(row)
        for row in body:
            self._flow(row, top)

    def code(self, text: str, *, size: float, y: float) -> None:
        """Draw a QR code at the right margin, its upper edge so far below the top."""
        matrix = segno.make_qr(text, error="m").matrix
        unit = size * MM / (len(matrix) + 4)
        x, y = self.right - size * MM + 2 * unit, self.top - y * MM - 2 * unit
        ops = [f"q 0 g {unit:.4f} 0 0 {-unit:.4f} {x:.2f} {y:.2f} cm"]
        for number, row in enumerate(matrix):
            start = None
            for place, dark in enumerate([*row, 0]):
                if dark and start is None:
                    start = place
                elif not dark and start is not None:
                    ops.append(f"{start} {number} {place - start} 1 re")
                    start = None
        self._ops.append("\n".join([*ops, "f Q"]))

    def finish(self) -> list[str]:
        """Return the drawing of each page, feet included; raises ``UnprintableText`` for what no font has."""
        if self.missing:
            raise UnprintableText(list(self.missing))
        self._close()
        pages = self.pages
        for number, ops in enumerate(pages, 1):
            self.pages = [ops]
            for text, align in ((self.foot, "left"), (f"{number} / {len(pages)}", "center")):
                (line, *_more) = set_lines(
                    Paragraph((Span(text, 8, grey=0.33),), align), round(self.right - self.left, 2)
                )
                self._line(line, self.left, self.bottom / 2 + line.height / 2, self.right - self.left, align)
        self.pages = pages
        return ["\n".join(ops) for ops in pages]

    @property
    def _ops(self) -> list[str]:
        return self.pages[-1]

    def _flow(self, row: Measured, heads: Sequence[Measured]) -> None:
        """Draw a row where it fits: here, on the next page, or parted when no page holds it."""
        capacity = self.top - self.bottom - sum(head.height for head in heads)
        while row.height > capacity:
            part, row = row.parted(self.y - self.bottom)
            if any(box.lines for box in part.boxes):
                self._row(part)
            self._turn(heads)
        if self.y - row.height < self.bottom:
            self._turn(heads)
        self._row(row)

    def _turn(self, heads: Sequence[Measured]) -> None:
        self.begin_page()
        for head in heads:
            self._row(head)

    def _row(self, row: Measured) -> None:
        if self._framed is None:
            self._framed = self.y
        for box in row.boxes:
            x, bottom = self.left + box.x, self.y - row.height
            rectangle = f"{x:.2f} {bottom:.2f} {box.width:.2f} {row.height:.2f} re"
            if box.cell.shaded:
                self._ops.append(f"q .95 g {rectangle} f Q")
            self._ops.append(f"{HAIR} w {rectangle} S")
            self._fill(box, row, x)
        self.y -= row.height

    def _fill(self, box: Box, row: Measured, x: float) -> None:
        y = self.y - (row.height - box.height) / 2
        for placed in box.lines:
            self._line(placed.line, x + box.padding, y - placed.before, box.width - 2 * box.padding, placed.align)
            y -= placed.height

    def _close(self) -> None:
        """Draw the frame around the rows that stand together."""
        if self._framed is not None:
            width, height = self.right - self.left, self._framed - self.y
            self._ops.append(f"{FRAME} w {self.left:.2f} {self.y:.2f} {width:.2f} {height:.2f} re S")
            self._framed = None

    def _line(self, line: Line, x: float, y: float, width: float, align: str) -> None:
        self.missing |= dict.fromkeys(line.missing)
        x += (width - line.width) * SHIFT[align]
        base = y - line.height / 2 - (ASCENT - DESCENT) * line.size / 2000
        for piece in line.pieces:
            self._piece(piece, x + piece.x, base)

    def _piece(self, piece: Piece, x: float, base: float) -> None:
        span = piece.span
        if span.blank:
            if span.ruled:
                self._ops.append(f"{HAIR} w {x:.2f} {base - 2:.2f} m {x + piece.width:.2f} {base - 2:.2f} l S")
            return
        face = HEI if span.hei else SONG
        self.used[face].update(piece.used)
        grey = f"{span.grey:.2f} g " if span.grey else ""
        back = " 0 g" if span.grey else ""
        tracking = f"{span.tracking:.2f} Tc " if span.tracking else ""
        end = " 0 Tc" if span.tracking else ""
        self._ops.append(
            f"BT {grey}{tracking}/F{face} {span.size:g} Tf {x:.2f} {base:.2f} Td <{piece.codes}> Tj{end} ET{back}"
        )
        if span.boxed:
            low, high = base - DESCENT * span.size / 1000 - BOX / 2, (ASCENT + DESCENT) * span.size / 1000 * 0.9 + BOX
            self._ops.append(f".5 w {x - BOX:.2f} {low:.2f} {piece.width + 2 * BOX:.2f} {high:.2f} re S")
