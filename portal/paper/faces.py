"""The two faces of printed forms: which code prints a character, and how wide it is.

The codes are the CIDs of fonts-noto-cjk, the same in our small static faces and in the whole fonts behind them: a line
that was set need not know which of the two is embedded in the end.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING

from fontTools.ttLib import TTFont

from portal.pdf.fonts import FACES, SC_FACE
from portal.pdf.rendering import RenderingFailed
from portal.pdf.subsetting import cut

if TYPE_CHECKING:
    from pathlib import Path

    from portal.pdf.fonts import Face

SONG, HEI = 0, 1
#: Of an em, in thousandths: the height and the depth of both faces.
ASCENT, DESCENT = 1151, 286


@dataclass(frozen=True, slots=True)
class Glyph:
    """What prints one character: its code, and its width in thousandths of the size."""

    code: int
    width: int


class Table:
    """The characters of one font file."""

    def __init__(self, path: Path, index: int) -> None:
        if not path.exists():
            raise RenderingFailed(f"{path} is missing: install fonts-noto-cjk")
        self.path, self.index = path, index
        with TTFont(path, fontNumber=index, lazy=True) as font:
            self._names: dict[int, str] = font.getBestCmap()
            self._widths: dict[str, tuple[int, int]] = font["hmtx"].metrics

    def glyph(self, character: str) -> Glyph | None:
        """Return what prints the character, None when the file has nothing for it."""
        name = self._names.get(ord(character))
        if name is None:
            return None
        return Glyph(int(name.removeprefix("cid")), self._widths[name][0])


class Typeface:
    """One face with the whole font behind it."""

    def __init__(self, face: Face) -> None:
        self.name = face.family.replace(" ", "")
        self._face = face

    @cached_property
    def common(self) -> Table:
        """The small static face, or the whole font where it has not been made."""
        made = self._face.file.exists()
        return Table(self._face.file, 0) if made else self.whole

    @cached_property
    def whole(self) -> Table:
        """The whole font, opened for the first rare character."""
        return Table(self._face.origin, SC_FACE)

    def glyph(self, character: str) -> Glyph | None:
        """Return what prints the character, None when no font has it."""
        return self.common.glyph(character) or self.whole.glyph(character)

    def subset(self, characters: frozenset[str]) -> bytes:
        """Return the outlines of these characters alone, as a CFF table."""
        common = all(self.common.glyph(one) for one in characters)
        source = self.common if common else self.whole
        return _outlines(cut(source.path, source.index, characters))


@cache
def typeface(number: int) -> Typeface:
    """Return a face, read once per process."""
    return Typeface(FACES[number])


@lru_cache(maxsize=40_000)
def glyph(face: int, character: str) -> Glyph | None:
    """Return what prints the character in the face; None for what no font has."""
    return typeface(face).glyph(character)


@lru_cache(maxsize=4_000)
def is_silent(character: str) -> bool:
    """Whether a character prints nothing: controls, formats, variation selectors."""
    return unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp"} or "\ufe00" <= character <= "\ufe0f"


def _outlines(font: bytes) -> bytes:
    """Return the table ``CFF`` of an OpenType file: all that a PDF needs of it."""
    for place in range(int.from_bytes(font[4:6], "big")):
        record = font[12 + 16 * place : 28 + 16 * place]
        if record[:4] == b"CFF ":
            start, length = int.from_bytes(record[8:12], "big"), int.from_bytes(record[12:], "big")
            return font[start : start + length]
    raise RenderingFailed("the face has no CFF outlines")
