"""Opening a Word or Excel document as far as needed to refuse what acts by itself, calls home or is a bomb."""

from __future__ import annotations

import re
import zipfile
from typing import BinaryIO

from django.utils.translation import gettext as _

from portal.files.policy import DOCX, XLSX, FileRefused

#: What libmagic says of a document whose parts stand in an unusual order.
UNSURE = frozenset({"application/zip", "application/octet-stream"})
#: The main part as [Content_Types].xml declares it; a document with macros or a template declares another.
MAIN_PARTS = {
    b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": DOCX,
    b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": XLSX,
}
TYPES = "[Content_Types].xml"
MAX_PARTS = 2000
MAX_UNPACKED = 200 * 1024 * 1024
MAX_RELATIONS = 1024 * 1024
ACTIVE = re.compile(r"(^|/)(vbaProject\.bin|vbaData\.xml|activeX/|embeddings/|customUI/|macrosheets/|dialogsheets/)")
RELATION = re.compile(rb"<[^>]*\bTargetMode\s*=\s*[\"']External[\"'][^>]*>")
HYPERLINK = b"/relationships/hyperlink"


def office_type(file: BinaryIO) -> str:
    """Media type of a Word or Excel document by its own list of parts, empty for anything else."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as package:
            declared = _read(package, TYPES)
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, NotImplementedError, FileRefused):
        return ""
    return next((kind for main, kind in MAIN_PARTS.items() if main in declared), "")


def inspect_office(file: BinaryIO, media_type: str) -> None:
    """Refuse a document that is broken, encrypted, not what it says, or holds macros, objects or remote parts."""
    if office_type(file) != media_type:
        raise _broken()
    file.seek(0)
    if file.read(4) != b"PK\x03\x04":
        raise FileRefused(_("文件中夹带了其他内容。请另存一份后再上传。"), "polyglot")
    try:
        with zipfile.ZipFile(file) as package:
            _check_parts(package.infolist())
            for name in package.namelist():
                if name.endswith(".rels"):
                    _check_relations(_read(package, name))
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, NotImplementedError) as error:
        raise _broken() from error


def _check_parts(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise FileRefused(_("文档内部结构异常庞大。请另存一份后再上传。"), "bomb")
    if any(ACTIVE.search(part.filename) for part in parts):
        raise FileRefused(_("文档含有宏、控件或嵌入的对象。请去除后另存，或另存为 PDF。"), "active")


def _check_relations(relations: bytes) -> None:
    """A link that a reader presses is harmless; a template, picture or sheet that is fetched on opening is not."""
    if any(HYPERLINK not in found for found in RELATION.findall(relations)):
        raise FileRefused(_("文档引用了外部的模板、图片或数据。请断开链接后另存，或另存为 PDF。"), "active")


def _read(package: zipfile.ZipFile, name: str) -> bytes:
    """Read a small part; the bytes that come out are counted, not the size that is declared."""
    with package.open(name) as part:
        content = part.read(MAX_RELATIONS + 1)
    if len(content) > MAX_RELATIONS:
        raise FileRefused(_("文档内部结构异常庞大。请另存一份后再上传。"), "bomb")
    return content


def _broken() -> FileRefused:
    return FileRefused(_("文档无法打开，可能已损坏或加密。请另存一份后再上传。"), "broken")
