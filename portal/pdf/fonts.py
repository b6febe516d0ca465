"""The fonts of printed forms: small static faces made at set-up, the whole fonts behind them for rare characters."""

import json
import logging
import os
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from fontTools.ttLib import TTCollection

from portal.pdf.subsetting import cut

logger = logging.getLogger(__name__)

SYSTEM = Path("/usr/share/fonts/opentype/noto")
#: Position of the face for mainland China in every collection of fonts-noto-cjk.
SC_FACE = 2
#: Raised when the way that faces are made changes, so that old ones are made again.
VERSION = 1


@dataclass(frozen=True)
class Face:
    """One face: the family that style sheets name, its source, and the family that stands behind it."""

    family: str
    source: str
    fallback: str

    @property
    def file(self) -> Path:
        """Where the static face lies."""
        return folder() / f"{self.family.lower().replace(' ', '-')}.otf"

    @property
    def origin(self) -> Path:
        """The collection that it is cut from."""
        return SYSTEM / self.source


#: Forms are set as offices set them: text in Song, headings in Hei.
FACES = (
    Face("Portal Song", "NotoSerifCJK-Regular.ttc", "Noto Serif CJK SC"),
    Face("Portal Hei", "NotoSansCJK-Bold.ttc", "Noto Sans CJK SC"),
)


def folder() -> Path:
    """Folder of the faces; several data folders of one checkout share it."""
    return Path(settings.FONTS_DIR)


def common_characters() -> frozenset[str]:
    """Characters of the static faces: GB 2312, Latin and punctuation. All others come from the font behind."""
    found = {chr(point) for point in (*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x2000, 0x2070))}
    for lead in range(0xA1, 0xF8):
        for trail in range(0xA1, 0xFF):
            try:
                found.add(bytes((lead, trail)).decode("gb2312"))
            except UnicodeDecodeError:
                continue
    return frozenset(found)


def make_fonts(*, force: bool = False) -> list[Path]:
    """Make the faces that are missing or older than their source, and the list of all printable characters."""
    folder().mkdir(parents=True, exist_ok=True)
    stamp = folder() / "stamp.json"
    wanted = {face.family: [VERSION, face.origin.stat().st_size] for face in FACES}
    made = json.loads(stamp.read_text()) if stamp.exists() and not force else {}
    written = []
    for face in FACES:
        if made.get(face.family) != wanted[face.family] or not face.file.exists():
            _replace(face.file, cut(face.origin, SC_FACE, common_characters()))
            written.append(face.file)
    if written or not _coverage_file().exists():
        _replace(_coverage_file(), json.dumps(_ranges(_read_coverage())).encode())
    _replace(stamp, json.dumps(wanted).encode())
    return written


@cache
def coverage() -> frozenset[int]:
    """Code points that the stacked fonts can print; empty when the fonts are not installed."""
    if _coverage_file().exists():
        ranges = json.loads(_coverage_file().read_text())
        return frozenset(point for first, last in ranges for point in range(first, last + 1))
    return frozenset(_read_coverage())


def unprintable(text: str) -> list[str]:
    """Characters of the text that no installed font has, in order, each once; usually none.

    Ask before a name is taken into a form: private-use characters of old campus systems look right on their
    screens and print as boxes.
    """
    known = coverage()
    if not known:
        logger.warning("fonts-noto-cjk is not installed: printability cannot be checked")
        return []
    seen: dict[str, None] = {}
    for character in text:
        if ord(character) not in known and not _is_invisible(character):
            seen.setdefault(character)
    return list(seen)


def _is_invisible(character: str) -> bool:
    """Control and format characters and variation selectors print nothing."""
    return unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp"} or 0xFE00 <= ord(character) <= 0xFE0F  # noqa: PLR2004


def _coverage_file() -> Path:
    return folder() / "coverage.json"


def _read_coverage() -> set[int]:
    points: set[int] = set()
    for face in FACES:
        if face.origin.exists():
            with TTCollection(face.origin, lazy=True) as collection:
                points |= set(collection[SC_FACE].getBestCmap())
    return points


def _ranges(points: set[int]) -> list[tuple[int, int]]:
    ranges: list[tuple[int, int]] = []
    for point in sorted(points):
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1] = (ranges[-1][0], point)
        else:
            ranges.append((point, point))
    return ranges


def _replace(path: Path, content: bytes) -> None:
    """Write beside and rename: a process that reads meanwhile sees the old file or the new one."""
    draft = path.with_suffix(f".{os.getpid()}.part")
    draft.write_bytes(content)
    draft.replace(path)
