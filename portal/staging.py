"""Workbooks between their preview and their use: kept as files, remembered by the person's session."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from portal.files import discard, store_content
from portal.models import StoredFile

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from portal.requests import SignedInRequest

# Its own type, so that what was never used can be told apart and thrown away: a roll may hold first passwords.
STAGED = "application/x-staged-workbook"
KEPT = timedelta(days=1)


def stage(request: SignedInRequest, purpose: str, upload: UploadedFile) -> StoredFile:
    """Keep the workbook for this session; the one that was staged before for the same purpose goes."""
    with transaction.atomic():
        if earlier := staged(request, purpose):
            discard(earlier)
        stored = store_content(upload, name=upload.name or "import.xlsx", media_type=STAGED, actor=request.user)
        request.session[_slot(purpose)] = str(stored.key)
    return stored


def staged(request: SignedInRequest, purpose: str, key: str | None = None) -> StoredFile | None:
    """Return the staged workbook; with ``key`` only if it is the one that the page showed."""
    kept = request.session.get(_slot(purpose))
    if kept is None or (key is not None and key != kept):
        return None
    return StoredFile.objects.filter(key=UUID(kept), uploaded_by=request.user).first()


def forget(request: SignedInRequest, purpose: str, *, keep_file: bool = False) -> None:
    """End the staging; the file goes unless what was done with it points at it."""
    stored = staged(request, purpose)
    request.session.pop(_slot(purpose), None)
    if stored and not keep_file:
        discard(stored)


def expire_staged() -> int:
    """Throw away the workbooks that were staged and left; how many went."""
    left = list(StoredFile.objects.filter(media_type=STAGED, uploaded_at__lt=timezone.now() - KEPT))
    for stored in left:
        discard(stored)
    return len(left)


def _slot(purpose: str) -> str:
    return f"staged:{purpose}"
