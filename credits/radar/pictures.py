"""What there is to see in a stored file: the picture that it is, or of a PDF its first pages and the pictures on them.

A page is compared as it looks, so that a certificate made by a program is found by its photo. The largest picture on a
page is taken as well: a photo pasted into a sheet with margins looks otherwise than the sheet.
"""

from __future__ import annotations

import hashlib
import unicodedata
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, cast

import pikepdf
from PIL import Image, ImageFile, ImageOps

from credits.enums import PicturePart
from portal.files.documents import inflated_size
from portal.files.storing import private_storage
from portal.pages.keeping import render_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.Image import Image as Picture

    from portal.models import StoredFile

FIRST_PAGES = 5  # drawn pages that are compared; a certificate stands at the beginning
MOST_PAGES = 20
MOST_PIXELS = 50_000_000
MOST_BYTES = 150_000_000
CHANNELS = 4
LEAST_SIDE = 64  # what is smaller is an emblem, not a certificate
DRAFT = (256, 256)
LEAST_WORDS = 8  # a page number or a stamp says nothing
PLAIN_FILTERS = {"/DCTDecode", "/JPXDecode", "/CCITTFaxDecode", "/FlateDecode"}


@dataclass(frozen=True, slots=True)
class Sight:
    """One thing to compare: its page, whether it is the page itself, its picture in grey, and what the page says."""

    page: int
    part: PicturePart
    picture: Picture
    words: str = ""


class UnreadablePictureError(Exception):
    """A picture that does not open, or is not worth its memory; the file stays evidence all the same."""


def sights_of(stored: StoredFile) -> Iterator[Sight]:
    """Return what there is to see, pages before the pictures on them.

    Raises ``UnreadablePictureError`` at a broken picture; what came before it counts.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own bound is the stricter one
            # WeasyPrint's import lets half a picture pass for a whole one in the entire process.
            ImageFile.LOAD_TRUNCATED_IMAGES = False
            if stored.is_pdf:
                yield from _sights_of_pdf(stored)
            elif stored.is_image:
                with private_storage().open(stored.path) as file:
                    yield Sight(1, PicturePart.PICTURE, _opened(cast("BinaryIO", file)))
    except UnreadablePictureError:
        raise
    # Decoders and qpdf raise whatever they like on crafted input (struct.error, SyntaxError, OSError, RuntimeError …).
    except Exception as error:
        raise UnreadablePictureError(str(error)) from error


def _sights_of_pdf(stored: StoredFile) -> Iterator[Sight]:
    drawn = render_file(stored).pages.select_related("image")[:MOST_PAGES]
    said = {page.number: digest_of(page.text) for page in drawn}
    for page in drawn[:FIRST_PAGES]:
        with private_storage().open(page.image.path) as file:
            yield Sight(page.number, PicturePart.PAGE, _opened(cast("BinaryIO", file)), said[page.number])
    with private_storage().open(stored.path) as file:
        for number, picture in _pages(cast("BinaryIO", file)):
            yield Sight(number, PicturePart.PICTURE, picture, said.get(number, ""))


def digest_of(text: str) -> str:
    """Return the digest of what a page says, whatever its spaces, width and case; empty for next to nothing."""
    plain = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    return hashlib.sha256(plain.encode()).hexdigest()[:16] if len(plain) >= LEAST_WORDS else ""


def _opened(file: BinaryIO) -> Picture:
    with Image.open(file) as image:
        _check_size(*image.size)
        image.draft("L", DRAFT)  # a JPEG is decoded no larger than needed
        return _grey(ImageOps.exif_transpose(image))


def _pages(file: BinaryIO) -> Iterator[tuple[int, Picture]]:
    with pikepdf.open(file, suppress_warnings=True) as pdf:
        for number, page in enumerate(pdf.pages[:MOST_PAGES], start=1):
            images = (image for image in page.get_images().values() if isinstance(image, pikepdf.Stream))
            found = [image for image in images if _side(image) >= LEAST_SIDE]
            if found:
                largest = max(found, key=lambda image: int(image.Width) * int(image.Height))
                yield number, _placed(largest, page)


def _placed(stream: pikepdf.Stream, page: pikepdf.Page) -> Picture:
    """Return a page's picture the way the page is turned."""
    _check_size(int(stream.Width), int(stream.Height))
    _check_stream(stream)
    image = pikepdf.PdfImage(stream).as_pil_image()
    _check_size(*image.size)
    return _grey(image).rotate(-int(page.rotation), expand=True)


def _side(image: pikepdf.Stream) -> int:
    return min(int(image.Width), int(image.Height))


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        msg = f"{width} × {height} pixels"
        raise UnreadablePictureError(msg)


def _check_stream(stream: pikepdf.Object) -> None:
    """Refuse a bomb before it is unpacked: other packings, several on each other, and more bytes than pixels need."""
    named = stream.get("/Filter")
    filters = [str(one) for one in named] if isinstance(named, pikepdf.Array) else [str(named)] if named else []
    if len(filters) > 1 or not set(filters) <= PLAIN_FILTERS:
        msg = f"packed by {filters}"
        raise UnreadablePictureError(msg)
    if filters == ["/FlateDecode"]:
        line = int(stream.Width) * CHANNELS * int(stream.get("/BitsPerComponent", 1)) // 8 + 2
        most = min(line * int(stream.Height) + 1024, MOST_BYTES)
        if inflated_size(memoryview(stream.read_raw_bytes()), most) >= most:
            msg = "more bytes than pixels"
            raise UnreadablePictureError(msg)


def _grey(image: Picture) -> Picture:
    """Return the picture in grey, what is transparent on white paper, no larger than needed."""
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        over = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", over.size, "white"), over)
    return image.convert("L")
