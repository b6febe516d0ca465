"""Opening a PDF for real, within bounds, and refusing what acts by itself."""

import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO

import pikepdf
from django.utils.translation import gettext as _

from portal.files.policy import FilePolicy, FileRefused

MAX_OBJECTS = 200_000
MAX_STRUCTURE_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 50

ACTIVE_KEYS = {
    "/JS",
    "/JavaScript",
    "/EmbeddedFiles",
    "/EmbeddedFile",
    "/EF",
    "/XFA",
    "/RichMedia",
    "/RichMediaContent",
}
ACTIVE_VALUES = {
    *(
        "/JavaScript",
        "/Launch",
        "/ImportData",
        "/SubmitForm",
        "/GoToR",
        "/GoToE",
        "/Rendition",
        "/RichMediaExecute",
    ),
    *("/EmbeddedFile", "/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"),
}
#: Keys whose value says what an object *is* or *does*; the same word elsewhere (a font's name) means nothing.
DECIDING_KEYS = {"/S", "/Type", "/Subtype"}
SUSPECT = re.compile(
    rb"/(JS|JavaScript|EmbeddedFiles?|EF|XFA|Rich\w+|Launch|ImportData|SubmitForm|GoTo[RE]|Rendition|FileAttachment"
    rb"|Movie|Sound|Screen|3D)\b"
)
STREAM = re.compile(rb"stream\r?\n")
HEX_NAME = re.compile(rb"#([0-9A-Fa-f]{2})")


def inspect_pdf(file: BinaryIO, policy: FilePolicy) -> None:
    """Refuse a PDF that does not open, is encrypted, is too long, or holds scripts, actions or files."""
    file.seek(0)
    content = file.read()  # bounded: the size was checked before
    _check_envelope(content)
    _check_structure_size(content)
    file.seek(0)
    try:
        with pikepdf.open(file, attempt_recovery=False, suppress_warnings=True) as pdf:
            _check_document(pdf, policy)
    except pikepdf.PasswordError as error:
        raise _encrypted() from error
    except FileRefused:
        raise
    # qpdf reports broken input by several classes, down to RuntimeError and ValueError.
    except Exception as error:
        raise FileRefused(_("PDF 无法打开，可能已损坏。请重新导出后再上传。"), "broken") from error


def _check_envelope(content: bytes) -> None:
    head = content[:1024].lower()
    archive = b"PK\x05\x06" in content[-66_000:]
    if not content.startswith(b"%PDF-") or archive or b"<script" in head or b"<html" in head or b"<?php" in head:
        raise FileRefused(_("文件中夹带了其他内容。请用“打印为 PDF”重新导出后再上传。"), "polyglot")


def _check_structure_size(content: bytes) -> None:
    """Refuse a bomb before qpdf meets it: object and cross-reference streams are unpacked on opening."""
    room = MAX_STRUCTURE_BYTES
    for match in STREAM.finditer(content):
        head = HEX_NAME.sub(
            lambda found: bytes([int(found[1], 16)]), content[max(0, match.start() - 2000) : match.start()]
        )
        head = head.rpartition(b"obj")[2]
        if b"/ObjStm" not in head and b"/XRef" not in head:
            continue
        if b"/LZWDecode" in head or b"/RunLengthDecode" in head or head.count(b"/FlateDecode") > 1:
            raise _bomb()
        room -= inflated_size(memoryview(content)[match.end() :], room)
        if room <= 0:
            raise _bomb()


def inflated_size(data: memoryview, limit: int) -> int:
    """Return how many bytes a deflate stream unpacks to, about the limit at most; none of them is kept."""
    inflate = zlib.decompressobj()
    size, rest = 0, bytes(data[:65_536])
    position = len(rest)
    try:
        while rest and size < limit and not inflate.eof:
            size += len(inflate.decompress(rest, 1_048_576))
            rest = inflate.unconsumed_tail
            if not rest:
                rest = bytes(data[position : position + 65_536])
                position += len(rest)
    except zlib.error:
        return size  # not a deflate stream: qpdf will say so
    return size


def _check_document(pdf: pikepdf.Pdf, policy: FilePolicy) -> None:
    if pdf.is_encrypted:
        raise _encrypted()
    if len(pdf.objects) > MAX_OBJECTS:
        raise _bomb()
    pages = len(pdf.pages)
    if pages == 0:
        raise FileRefused(_("PDF 没有页面。请重新导出后再上传。"), "no_pages")
    if pages > policy.max_pages:
        message = _("PDF 共 %(pages)s 页，超过 %(limit)s 页上限。请只保留需要的页面。")
        raise FileRefused(message % {"pages": pages, "limit": policy.max_pages}, "pages")
    for thing in (pdf.trailer, *_suspects(pdf)):
        if _acts(thing, 0):
            message = _("PDF 含有脚本、动作或附件。请用“打印为 PDF”重新导出后再上传。")
            raise FileRefused(message, "active")


def _suspects(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Objects whose text mentions anything active: unparsing is quick, walking every object is not."""
    for thing in pdf.objects:
        body = thing.stream_dict if isinstance(thing, pikepdf.Stream) else thing
        if not isinstance(body, pikepdf.Dictionary | pikepdf.Array):
            continue
        if SUSPECT.search(body.unparse(resolved=True)):
            yield body


def _acts(thing: pikepdf.Object, depth: int) -> bool:
    """True when the object, or what it directly contains, is active; references get their own visit."""
    if depth > MAX_DEPTH:
        return True
    if isinstance(thing, pikepdf.Array):
        return any(_acts(item, depth + 1) for item in thing if not _is_reference(item))
    if not isinstance(thing, pikepdf.Dictionary):
        return False
    for key, value in thing.items():
        if key in ACTIVE_KEYS or (
            key in DECIDING_KEYS and isinstance(value, pikepdf.Name) and str(value) in ACTIVE_VALUES
        ):
            return True
        if not _is_reference(value) and _acts(value, depth + 1):
            return True
    return False


def _is_reference(thing: object) -> bool:
    return isinstance(thing, pikepdf.Object) and thing.is_indirect


def _encrypted() -> FileRefused:
    return FileRefused(_("PDF 已加密或设有密码。请去除密码后再上传。"), "encrypted")


def _bomb() -> FileRefused:
    return FileRefused(_("PDF 内部结构异常庞大。请用“打印为 PDF”重新导出后再上传。"), "bomb")
