"""Opening an image for real, within bounds."""

import warnings
from typing import BinaryIO

from django.utils.translation import gettext as _
from PIL import Image, ImageFile, UnidentifiedImageError

from portal.files.policy import FilePolicy, FileRefused

#: MPO is what phones write when a JPEG holds a second picture.
FORMATS = {"image/jpeg": ("JPEG", "MPO"), "image/png": ("PNG",), "image/webp": ("WEBP",)}
#: Markup that has no business in a picture: a browser that guessed would run it.
MARKUP = (b"<script", b"<?php", b"<html", b"<iframe")


def inspect_image(file: BinaryIO, media_type: str, policy: FilePolicy) -> None:
    """Refuse a picture that does not open, is too large once unpacked, moves, or carries a second file."""
    _refuse_second_nature(file)
    # WeasyPrint's import switches this on for the whole process; half a certificate would pass for a whole one.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    file.seek(0)
    try:
        with warnings.catch_warnings():
            # Pillow warns of large pictures; our own bound below is the stricter one.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(file, formats=FORMATS[media_type]) as image:
                _check_bounds(image, policy)
                _decode(image)
    except FileRefused:
        raise
    except Image.DecompressionBombError as error:
        raise _too_many_pixels(policy) from error
    # Decoders raise whatever they like on crafted input (struct.error, SyntaxError, OSError, ValueError …).
    except (UnidentifiedImageError, Exception) as error:
        raise FileRefused(_("图片无法打开，可能已损坏。请重新导出或拍照后再上传。"), "broken") from error


def _check_bounds(image: ImageFile.ImageFile, policy: FilePolicy) -> None:
    if image.width * image.height > policy.max_pixels:
        raise _too_many_pixels(policy)
    # A second frame of a JPEG is the phone's preview; of the others, an animation.
    if image.format in {"PNG", "WEBP"} and getattr(image, "n_frames", 1) > 1:
        raise FileRefused(_("不接受动态图片。请上传单张静态图片。"), "animated")


def _decode(image: ImageFile.ImageFile) -> None:
    if image.format == "PNG":
        image.verify()  # walks all chunks and their checksums without unpacking the pixels
        return
    image.draft("RGB", (64, 64))  # a JPEG is decoded at an eighth of its size, truncation shows all the same
    image.load()


def _too_many_pixels(policy: FilePolicy) -> FileRefused:
    message = _("图片像素过大（上限 %(millions)s 百万像素）。请缩小后再上传。") % {
        "millions": policy.max_pixels // 1_000_000,
    }
    return FileRefused(message, "pixels")


def _refuse_second_nature(file: BinaryIO) -> None:
    file.seek(0)
    content = file.read()  # bounded: the size was checked before
    lowered = content.lower()
    # The end record of a zip in the last 64 KiB makes the picture an archive as well.
    archive = b"PK\x05\x06" in content[-66_000:]
    if archive or b"%PDF-" in content[:1024] or any(tag in lowered for tag in MARKUP):
        raise FileRefused(_("图片中夹带了其他内容。请重新截图或另存为普通图片后再上传。"), "polyglot")
