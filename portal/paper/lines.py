"""Text broken into lines: Chinese between any two characters but where its rules forbid it, Latin between words."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from portal.paper.faces import HEI, SONG, Glyph, glyph, is_silent

if TYPE_CHECKING:
    from collections.abc import Iterator

MM = 72 / 25.4
NOT_FIRST = frozenset("，。、；：！？）》〉」』】〕’”…·％%,.;:!?)]}")
NOT_LAST = frozenset("（《〈「『【〔‘“([{")
#: From here on a character stands alone; before it, letters and figures make words.
WIDE = "\u2e80"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text in one look; ``size`` in points, ``grey`` from 0, black, to 1.

    With ``blank`` it is so many millimetres of nothing, ``ruled`` to be signed on.
    """

    text: str = ""
    size: float = 10
    hei: bool = False
    grey: float = 0
    tracking: float = 0
    boxed: bool = False
    blank: float = 0
    ruled: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Spans set as one paragraph; ``before`` and ``least`` (its height at least) in millimetres."""

    spans: tuple[Span, ...]
    align: str = "left"
    before: float = 0
    least: float = 0
    leading: float = 1.45


@dataclass(frozen=True, slots=True)
class Piece:
    """What is drawn in one stroke: where in its line, the codes in hexadecimal, the characters they stand for."""

    span: Span
    x: float
    width: float
    codes: str
    used: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its pieces, its width and its height in points; ``missing`` is what no font has."""

    pieces: tuple[Piece, ...]
    width: float
    height: float
    size: float
    missing: str = ""


class Atom:
    """One character in its look, a blank of fixed width, or the end of a line."""

    __slots__ = ("character", "glyph", "is_break", "is_space", "span", "width")

    def __init__(self, span: Span, character: str = "", found: Glyph | None = None) -> None:
        self.span, self.character, self.glyph = span, character, found
        self.is_break = character == "\n"
        self.is_space = character.isspace()
        self.width = found.width * span.size / 1000 + span.tracking if found else span.blank * MM

    def joins(self, following: Atom) -> bool:
        """Whether the following must stand on the same line."""
        if self.is_space or following.is_space or self.glyph is None or following.glyph is None:
            return False
        last, first = self.character, following.character
        return first in NOT_FIRST or last in NOT_LAST or (last < WIDE and first < WIDE)


class Rows:
    """The lines of a paragraph while it is being broken."""

    def __init__(self, width: float) -> None:
        self.width = self.room = width
        self.atoms: list[list[Atom]] = [[]]

    def begin(self) -> None:
        """Begin a line."""
        self.atoms.append([])
        self.room = self.width

    def take(self, group: list[Atom], width: float) -> None:
        """Put what stays together on this line or on the next, which does not begin with a blank."""
        if width > self.room and self.atoms[-1]:
            self.begin()
            if group[0].is_space:
                return
        self.atoms[-1] += group
        self.room -= width


@lru_cache(maxsize=20_000)
def set_lines(paragraph: Paragraph, width: float) -> tuple[Line, ...]:
    """Break a paragraph into lines of this width; the labels of a form are set once for all forms."""
    missing: list[str] = []
    rows = Rows(width)
    for group in _groups(_atoms(paragraph, missing)):
        needed = sum(atom.width for atom in group)
        if group[0].is_break:
            rows.begin()
        elif needed <= width:
            rows.take(group, needed)
        else:  # a word longer than a line is broken anywhere
            for atom in group:
                rows.take([atom], atom.width)
    plain = paragraph.spans[0].size if paragraph.spans else 10
    lines = [_line(row, plain, paragraph.leading) for row in rows.atoms]
    lines[0] = replace(lines[0], missing="".join(missing))
    return tuple(lines)


def _atoms(paragraph: Paragraph, missing: list[str]) -> Iterator[Atom]:
    for span in paragraph.spans:
        if span.blank:
            yield Atom(span)
            continue
        for character in unicodedata.normalize("NFC", span.text).replace("\t", " "):
            if character == "\n":
                yield Atom(span, "\n")
                continue
            if is_silent(character):
                continue
            found = glyph(HEI if span.hei else SONG, character)
            if found is None:
                missing.append(character)
                continue
            yield Atom(span, character, found)


def _groups(atoms: Iterator[Atom]) -> Iterator[list[Atom]]:
    """Put together what may not be parted."""
    group: list[Atom] = []
    for atom in atoms:
        if group and not group[-1].joins(atom):
            yield group
            group = []
        group.append(atom)
    if group:
        yield group


def _line(row: list[Atom], plain: float, leading: float) -> Line:
    while row and row[-1].is_space:
        row.pop()
    pieces: list[Piece] = []
    x = 0.0
    place = 0
    while place < len(row):
        span, start, glyphs = row[place].span, x, []
        while place < len(row) and row[place].span is span:
            if found := row[place].glyph:
                glyphs.append((found.code, row[place].character))
            x += row[place].width
            place += 1
        codes = "".join(f"{code:04x}" for code, _character in glyphs)
        pieces.append(Piece(span, start, x - start, codes, tuple(glyphs)))
    size = max((piece.span.size for piece in pieces if not piece.span.blank), default=plain)
    return Line(tuple(pieces), x, size * leading, size)
