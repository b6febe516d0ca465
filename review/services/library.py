"""Takes a workbook of the achievement library in: all of its rows, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from credits.rules import can_keep_library
from credits.services.library import add_entries, change_entry, entry_record, rule_level
from credits.shelf import Shelf
from portal.models.imports import SheetKind
from portal.sheet_imports import Written, keep_import
from portal.spreadsheets import read_workbook
from portal.trail import record
from portal.workflow import NotAllowed
from review.imports.library_sheet import LibraryPlan, library_sheet, plan_library

if TYPE_CHECKING:
    from typing import IO

    from credits.models import Scheme
    from portal.models import Person, StoredFile
    from review.imports.library_sheet import PlannedEntry


def preview_library(actor: Person, scheme: Scheme, workbook: IO[bytes]) -> LibraryPlan:
    """Say what the workbook would do. Raises ``NotAllowed``, then ``ValidationError`` when it cannot be read at all."""
    verdict = can_keep_library(actor, scheme)
    if not verdict:
        raise NotAllowed(verdict)
    shelf = Shelf(scheme)
    if not shelf.categories:
        raise ValidationError({"workbook": _("该办法没有与成果库绑定的类别。")})
    reading = read_workbook(workbook, library_sheet(shelf))
    whole = [problem.message for problem in reading.problems if problem.row == 0]
    if whole or (reading.ok and not reading.total):
        raise ValidationError({"workbook": whole or _("工作表里没有数据行。")})
    return plan_library(shelf, reading)


def import_library(
    actor: Person, scheme: Scheme, workbook: IO[bytes], *, stored: StoredFile | None = None
) -> LibraryPlan:
    """Create, change and rule the entries of the workbook; a plan with problems changed nothing.

    Each entry leaves the events that its pages would leave, the workbook one of its own; ``stored`` is the
    staged workbook, which stays with the history.
    """
    with transaction.atomic():
        plan = preview_library(actor, scheme, workbook)
        if plan.problems:
            return plan
        shelf = Shelf(scheme)
        rows = [_change(actor, row, shelf) for row in plan.pending]
        added = add_entries(actor, scheme, [row.data for row in plan.pending if row.entry is None])
        rows += [Written("library", row.pk, f"{row.code} {row.name}", after=entry_record(row)) for row in added]
        keep_import(SheetKind.LIBRARY, actor, stored, plan.counts, scheme=scheme.code, rows=filter(None, rows))
        record(
            "import",
            actor,
            kind="library",
            key=scheme.code,
            label=scheme.name,
            role="office",
            scheme=scheme.code,
            changes=({}, plan.counts),
        )
    return plan


def _change(actor: Person, row: PlannedEntry, shelf: Shelf) -> Written | None:
    data, entry = row.data, row.entry
    if entry is None:
        return None
    before = entry_record(entry)
    if row.is_ruled:
        entry = rule_level(
            actor,
            entry,
            level=data.level,
            ruling=data.ruling,
            suggestions=data.suggestions,
            revision=None,
            shelf=shelf,
        )
    if row.is_changed:
        entry = change_entry(actor, entry, data, revision=None, shelf=shelf)
    return Written.changed("library", entry.pk, f"{entry.code} {entry.name}", before, entry_record(entry))
