"""Finding out what a file is from its content; the name and the browser's claim are not asked."""

from typing import BinaryIO

import magic
from django.utils.translation import gettext as _

from portal.files.documents import inspect_pdf
from portal.files.images import FORMATS, inspect_image
from portal.files.office import UNSURE, inspect_office, office_type
from portal.files.policy import DOCX, XLSX, FilePolicy, FileRefused

HEAD = 4096


def sniff(file: BinaryIO) -> str:
    """Media type by content, "application/octet-stream" when nothing is known."""
    file.seek(0)
    return magic.from_buffer(file.read(HEAD), mime=True)


def inspect(file: BinaryIO, policy: FilePolicy) -> str:
    """Media type of a file that really is one of the policy's types; FileRefused otherwise."""
    media_type = sniff(file)
    if media_type in UNSURE:
        media_type = office_type(file) or media_type
    if media_type not in policy.types:
        message = _("文件内容不是 %(types)s（仅改扩展名无效）。请转换格式后再上传。")
        raise FileRefused(message % {"types": policy.type_names}, "type")
    if media_type in FORMATS:
        inspect_image(file, media_type, policy)
    elif media_type == "application/pdf":
        inspect_pdf(file, policy)
    elif media_type in {DOCX, XLSX}:
        inspect_office(file, media_type)
    file.seek(0)
    return media_type
