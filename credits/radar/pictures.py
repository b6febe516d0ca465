"""The pictures of a stored file: the file itself, or the largest picture on each page of a PDF.

Nothing in the lock renders a PDF page (docs/decisions); a scan is a page that is one picture, and that is what students
hand in. A page of text alone has no picture and is compared by the file's SHA-256 only.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, BinaryIO, cast

import pikepdf
from PIL import Image, ImageFile, ImageOps

from portal.files.documents import inflated_size
from portal.files.storing import private_storage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.Image import Image as Picture

    from portal.models import StoredFile

MOST_PAGES = 20
MOST_PIXELS = 50_000_000
MOST_BYTES = 150_000_000
CHANNELS = 4
LEAST_SIDE = 64  # what is smaller is an emblem, not a certificate
DRAFT = (256, 256)
PLAIN_FILTERS = {"/DCTDecode", "/JPXDecode", "/CCITTFaxDecode", "/FlateDecode"}


class UnreadablePictureError(Exception):
    """A picture that does not open, or is not worth its memory; the file stays evidence all the same."""


def pictures_of(stored: StoredFile) -> Iterator[tuple[int, Picture]]:
    """Return each page's number and its picture in grey; raises ``UnreadablePictureError`` at a broken one."""
    try:
        with private_storage().open(stored.path) as file, warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own bound is the stricter one
            # WeasyPrint's import lets half a picture pass for a whole one in the entire process.
            ImageFile.LOAD_TRUNCATED_IMAGES = False
            if stored.is_pdf:
                yield from _pages(cast("BinaryIO", file))
            elif stored.is_image:
                yield 1, _opened(cast("BinaryIO", file))
    except UnreadablePictureError:
        raise
    # Decoders and qpdf raise whatever they like on crafted input (struct.error, SyntaxError, OSError, RuntimeError …).
    except Exception as error:
        raise UnreadablePictureError(str(error)) from error


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
