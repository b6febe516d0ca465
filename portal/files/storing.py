"""Taking files in and letting them go; a row never exists without its file."""

import hashlib
import uuid
from datetime import timedelta
from typing import IO, TYPE_CHECKING, BinaryIO, cast

from django.core.files import File
from django.core.files.storage import Storage, storages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.files.names import clean_name
from portal.files.policy import MEGABYTE, FilePolicy, FileRefused
from portal.files.sniffing import inspect
from portal.models import StoredFile

if TYPE_CHECKING:
    from portal.models import Person

CHUNK = 256 * 1024


def private_storage() -> Storage:
    """The default storage: outside the static tree, and no address leads to it."""
    return storages["default"]


def store_upload(uploaded: UploadedFile, *, actor: "Person | None", policy: FilePolicy) -> StoredFile:
    """Store what somebody uploaded, or raise FileRefused with what to do.

    The file is written first and its row second, so a crash between leaves a file that `sweep_files`
    removes, never a row without its file.
    """
    _check_size(uploaded, policy)
    media_type = inspect(cast("BinaryIO", uploaded), policy)
    return store_content(uploaded, name=uploaded.name or "", media_type=media_type, actor=actor)


def store_content(content: IO[bytes], *, name: str, media_type: str, actor: "Person | None") -> StoredFile:
    """Store bytes whose type is known (a job's result, a printed form) under a new unguessable key."""
    content.seek(0)
    digest, size = _digest(content)
    content.seek(0)
    key = uuid.uuid4()
    storage = private_storage()
    path = storage.save(f"{key.hex[:2]}/{key.hex}", File(content))
    try:
        with transaction.atomic():
            return StoredFile.objects.create(
                key=key,
                sha256=digest,
                size=size,
                media_type=media_type,
                name=clean_name(name, media_type),
                path=path,
                uploaded_by=actor,
            )
    except BaseException:
        storage.delete(path)
        raise


def discard(stored: StoredFile) -> None:
    """Delete the row now and its file on commit; ProtectedError while a record points at it."""
    path = stored.path
    stored.delete()
    transaction.on_commit(lambda: private_storage().delete(path))


def sweep(older_than: timedelta = timedelta(days=1)) -> int:
    """Remove files without a row (left by a rolled back transaction or a killed process); how many went.

    Young files are spared: their transaction may still be open.
    """
    storage, removed = private_storage(), 0
    limit = timezone.now() - older_than
    for folder in storage.listdir("")[0] if storage.exists("") else ():
        paths = {f"{folder}/{name}" for name in storage.listdir(folder)[1]}
        known = set(StoredFile.objects.filter(path__startswith=f"{folder}/").values_list("path", flat=True))
        for path in paths - known:
            if storage.get_modified_time(path) < limit:
                storage.delete(path)
                removed += 1
    return removed


def _check_size(uploaded: UploadedFile, policy: FilePolicy) -> None:
    if getattr(uploaded, "over_request_limit", False):
        raise FileRefused(_("本次上传的文件合计过大，此文件未保存。请减少文件后再上传。"), "request_size")
    if not uploaded.size:
        raise FileRefused(_("文件是空的。请检查后重新选择。"), "empty")
    if uploaded.size > policy.max_bytes:
        message = _("文件 %(size).1f MB，超过 %(limit)s MB 上限。请压缩或拆分后再上传。")
        details = {"size": uploaded.size / MEGABYTE, "limit": policy.max_bytes // MEGABYTE}
        raise FileRefused(message % details, "size")


def _digest(content: IO[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := content.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size
