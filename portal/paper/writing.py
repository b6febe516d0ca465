"""Finished sheets as one PDF: each face embedded once, with the characters that the whole file uses."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pikepdf
from pikepdf import Array, Dictionary, Name, OutlineItem

from portal.paper.faces import ASCENT, DESCENT, HEI, SONG, glyph, typeface
from portal.paper.sheets import HEIGHT, WIDTH

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portal.paper.sheets import Sheet

MAP_HEAD = (
    "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def /CMapName /Portal def "
    "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
)
MAP_TAIL = "endcmap CMapName currentdict /CMap defineresource pop end end"
#: A CMap takes so many entries at a time.
ENTRIES = 100
#: Readers pronounce by it.
LANGUAGE = "zh-Hans"
SERIF, SYMBOLIC = 2, 4


def write_pdf(sheets: Sequence[Sheet], title: str = "") -> bytes:
    """Return the sheets, one after the other; the same sheets make the same bytes.

    Several sheets have an outline by their titles. Raises ``UnprintableText`` for characters that no font has.
    """
    drawn = [sheet.finish() for sheet in sheets]
    with pikepdf.new() as pdf:
        fonts = {f"/F{face}": _font(pdf, face, _used(sheets, face)) for face in (SONG, HEI) if _used(sheets, face)}
        resources = pdf.make_indirect(Dictionary(Font=Dictionary(fonts)))
        box = Array([0, 0, round(WIDTH, 2), round(HEIGHT, 2)])
        for pages in drawn:
            for ops in pages:
                page = Dictionary(
                    Type=Name.Page, MediaBox=box, Resources=resources, Contents=pdf.make_stream(ops.encode())
                )
                pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
        pdf.Root.Lang = LANGUAGE
        pdf.docinfo["/Title"] = title or sheets[0].title
        if len(sheets) > 1:
            _outline(pdf, sheets)
        target = io.BytesIO()
        pdf.save(target, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return target.getvalue()


def _outline(pdf: pikepdf.Pdf, sheets: Sequence[Sheet]) -> None:
    first = 0
    with pdf.open_outline() as outline:
        for sheet in sheets:
            outline.root.append(OutlineItem(sheet.title, first))
            first += len(sheet.pages)


def _used(sheets: Sequence[Sheet], face: int) -> dict[int, str]:
    """Return the codes of a face and their characters."""
    found: dict[int, str] = {}
    for sheet in sheets:
        found |= sheet.used[face]
    return dict(sorted(found.items()))


def _font(pdf: pikepdf.Pdf, face: int, used: Mapping[int, str]) -> pikepdf.Object:
    kind = typeface(face)
    name = Name(f"/{kind.name}")
    outlines = pdf.make_stream(kind.subset(frozenset(used.values())))
    outlines["/Subtype"] = Name.CIDFontType0C
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=name,
        Flags=SYMBOLIC | (SERIF if face == SONG else 0),
        FontBBox=Array([-1000, -DESCENT, 2000, ASCENT]),
        ItalicAngle=0,
        Ascent=ASCENT,
        Descent=-DESCENT,
        CapHeight=733,
        StemV=80,
        FontFile3=outlines,
    )
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType0,
        BaseFont=name,
        CIDSystemInfo=Dictionary(Registry="Adobe", Ordering="Identity", Supplement=0),
        DW=1000,
        W=_widths(face, used),
        FontDescriptor=pdf.make_indirect(descriptor),
    )
    whole = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        BaseFont=name,
        Encoding=Name("/Identity-H"),
        DescendantFonts=Array([pdf.make_indirect(descendant)]),
        ToUnicode=pdf.make_stream(_characters(used)),
    )
    return pdf.make_indirect(whole)


def _widths(face: int, used: Mapping[int, str]) -> Array:
    """Return the widths of what is not as wide as high."""
    rows: list[object] = []
    for code, character in used.items():
        found = glyph(face, character)
        if found is not None and found.width != 1000:  # noqa: PLR2004 - an em in thousandths, the default
            rows += [code, Array([found.width])]
    return Array(rows)


def _characters(used: Mapping[int, str]) -> bytes:
    """Return the map by which a reader copies and finds text."""
    rows = [f"<{code:04x}> <{character.encode('utf-16-be').hex()}>" for code, character in used.items()]
    parts = [rows[start : start + ENTRIES] for start in range(0, len(rows), ENTRIES)]
    body = "".join(f"{len(part)} beginbfchar\n" + "\n".join(part) + "\nendbfchar\n" for part in parts)
    return f"{MAP_HEAD}{body}{MAP_TAIL}".encode()
