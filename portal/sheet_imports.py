"""Keeps what a workbook did, and the workbook, in the transaction in which it did it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portal.files import discard
from portal.models import SheetImport
from portal.spreadsheets import XLSX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.models import Person, StoredFile


def keep_import(
    kind: str,
    actor: Person,
    stored: StoredFile | None,
    report: dict[str, Any],
    *,
    scheme: str = "",
    created: Sequence[int] = (),
    secret: bool = False,
) -> None:
    """Put an import into the history; the staged workbook stays, unless it is ``secret``: first passwords are not kept.

    Without a staged file (the demo, a command) there is nothing to keep.
    """
    if stored is None:
        return
    facts = {"name": stored.name, "sha256": stored.sha256, "report": report, "created": list(created)}
    if secret:
        discard(stored)
    else:
        stored.media_type = XLSX  # no longer staged: it is not swept away
        stored.save(update_fields=["media_type"])
    SheetImport.objects.create(
        kind=kind, scheme_code=scheme, workbook=None if secret else stored, imported_by=actor, **facts
    )
