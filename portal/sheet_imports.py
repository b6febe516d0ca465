"""Keeps what a workbook did, and the workbook, in the transaction in which it did it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from portal.files import discard
from portal.models import SheetImport, SheetImportRow
from portal.spreadsheets import XLSX

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.models import Person, StoredFile

CREATED_AT_ONCE = 1000
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Written:
    """A row that a workbook wrote: its table and key, its name, what it holds now, and before (None: it is new)."""

    table: str
    key: int
    name: str
    after: Values
    before: Values | None = None

    @classmethod
    def changed(cls, table: str, key: int, name: str, before: Values, after: Values) -> Written | None:
        """Return a known row with only what differs; None where nothing does."""
        before, after = ({name: plain(value) for name, value in values.items()} for values in (before, after))
        names = [name for name in after if before.get(name) != after[name]]
        kept = {name: before.get(name) for name in names}, {name: after[name] for name in names}
        return cls(table, key, name, before=kept[0], after=kept[1]) if names else None


def keep_import(
    kind: str,
    actor: Person,
    stored: StoredFile | None,
    report: dict[str, Any],
    *,
    scheme: str = "",
    rows: Iterable[Written] = (),
    secret: bool = False,
) -> None:
    """Put an import into the history; the staged workbook stays, unless it is ``secret``: first passwords are not kept.

    Without a staged file (the demo, a command) there is nothing to keep. ``rows`` are what it can be taken back by.
    """
    if stored is None:
        return
    facts = {"name": stored.name, "sha256": stored.sha256, "report": report}
    if secret:
        discard(stored)
    else:
        stored.media_type = XLSX  # no longer staged: it is not swept away
        stored.save(update_fields=["media_type"])
    imported = SheetImport.objects.create(
        kind=kind, scheme_code=scheme, workbook=None if secret else stored, imported_by=actor, **facts
    )
    SheetImportRow.objects.bulk_create((_kept(imported, row) for row in rows), batch_size=CREATED_AT_ONCE)


def plain(value: Any) -> Any:
    """Return a value as it is kept and compared: what JSON has no word for as text."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _kept(imported: SheetImport, row: Written) -> SheetImportRow:
    after = {name: plain(value) for name, value in row.after.items()}
    return SheetImportRow(
        imported=imported, table=row.table, key=row.key, name=row.name[:200], before=row.before, after=after
    )
