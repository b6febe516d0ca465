"""Takes a workbook of training plans in: all of its rows, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from conversion.rules import can_keep_courses
from conversion.services.plans import keep_plan
from portal.models.imports import SheetKind
from portal.sheet_imports import keep_import
from portal.spreadsheets import read_workbook
from portal.trail import record
from portal.workflow import NotAllowed
from review.imports.plan_sheet import PlanSheet, plan_sheet, read_plans

if TYPE_CHECKING:
    from typing import IO

    from credits.models import Scheme
    from portal.models import Person, StoredFile


def preview_plans(actor: Person, scheme: Scheme, workbook: IO[bytes]) -> PlanSheet:
    """Say what the workbook would do. Raises ``NotAllowed``, then ``ValidationError`` when it cannot be read at all."""
    verdict = can_keep_courses(actor, scheme)
    if not verdict:
        raise NotAllowed(verdict)
    reading = read_workbook(workbook, plan_sheet(scheme))
    whole = [problem.message for problem in reading.problems if problem.row == 0]
    if whole or (reading.ok and not reading.total):
        raise ValidationError({"workbook": whole or _("工作表里没有数据行。")})
    return read_plans(scheme, reading)


def import_plans(actor: Person, scheme: Scheme, workbook: IO[bytes], *, stored: StoredFile | None = None) -> PlanSheet:
    """Create and change the plans' courses of the workbook; a sheet with problems changed nothing.

    Each course leaves the event that its form would leave, the workbook one of its own; ``stored`` is the
    staged workbook, which stays with the history.
    """
    with transaction.atomic():
        sheet = preview_plans(actor, scheme, workbook)
        if sheet.problems:
            return sheet
        kept = keep_plan(actor, scheme, [row.entry for row in sheet.pending])
        counts = {"rows": len(sheet.rows), "create": kept.created, "change": kept.changed, "courses": kept.courses}
        keep_import(SheetKind.PLANS, actor, stored, counts, scheme=scheme.code, rows=kept.rows)
        record(
            "import",
            actor,
            kind="plans",
            key=scheme.code,
            label=scheme.name,
            role="office",
            scheme=scheme.code,
            changes=({}, counts),
        )
    return sheet
