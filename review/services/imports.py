"""What an office does with a workbook of recorded achievements: stage, apply, discard, roll back (B16)."""

from __future__ import annotations

import datetime
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from credits.models import Category
from credits.rules import can_record
from credits.services.recording import PointsInUse, record_claims, revoke_claims
from credits.services.rounds import academic_year_problem
from portal.files import store_content
from portal.files.storing import private_storage
from portal.spreadsheets import XLSX, read_workbook
from portal.trail import record
from portal.workflow import NotAllowed
from review.imports.plan import ImportPlan, plan_import
from review.imports.sheet import newest_version, sheet_for
from review.models import BatchState, ImportBatch, ImportedRecord

if TYPE_CHECKING:
    from typing import IO

    from django.core.files.uploadedfile import UploadedFile

    from portal.models import Person
    from portal.spreadsheets import SheetReading

SHOWN_PROBLEMS, SHOWN_SKIPPED, SHOWN_ROWS = 500, 200, 20


class BatchMoved(Exception):  # noqa: N818 - the sentence people read
    """The batch is no longer in the state in which this can be done to it."""


class RowsInUse(Exception):  # noqa: N818 - the sentence people read
    """Some rows' points are used by conversions; nothing was rolled back. ``rows`` are their imported records."""

    def __init__(self, rows: list[ImportedRecord]) -> None:
        super().__init__(f"{len(rows)} rows in use")
        self.rows = rows


def stage_import(
    actor: Person, category: Category, *, academic_year: str, published_on: datetime.date, upload: UploadedFile
) -> ImportBatch:
    """Keep a workbook and say what it would do; nothing is recorded yet.

    Raises ``NotAllowed``, then ``ValidationError`` by field for a wrong year, a publicity that has not ended, or a
    workbook that cannot be read at all. Problems of single cells stand in the batch.
    """
    role = _recorder(actor, category)
    _check_facts(academic_year, published_on)
    reading = _read(category, upload)
    whole = [problem.message for problem in reading.problems if problem.row == 0]
    if whole:
        raise ValidationError({"workbook": whole})
    if not reading.total and reading.ok:
        raise ValidationError({"workbook": _("工作表里没有数据行。")})
    plan = plan_import(category, academic_year, reading)
    with transaction.atomic():
        stored = store_content(upload, name=upload.name or "import.xlsx", media_type=XLSX, actor=actor)
        batch = ImportBatch(
            scheme_id=category.scheme_id,
            category=category,
            academic_year=academic_year,
            workbook=stored,
            published_on=published_on,
            created_by=actor,
        )
        _write_report(batch, plan)
        batch.save()
        _record("stage", batch, actor, role, {"rows": plan.total, "sha256": stored.sha256})
    return batch


def apply_import(batch: ImportBatch, actor: Person) -> bool:
    """Record every row of the workbook, or none: False when it has to be corrected first, which its report then says.

    The workbook is compared again with the roll and the records of this moment. Raises ``NotAllowed``, then
    ``BatchMoved`` when somebody was faster. One event for the batch, one for each claim.
    """
    category = _category(batch)
    role = _recorder(actor, category)
    with private_storage().open(batch.workbook.path) as workbook:
        reading = _read(category, workbook)
    with transaction.atomic():
        row = _lock(batch, BatchState.PREVIEWED)
        # Imports of one category follow each other, so that two workbooks cannot both find a row unrecorded.
        Category.objects.select_for_update(no_key=True).get(pk=category.pk)
        plan = plan_import(category, row.academic_year, reading)
        _write_report(row, plan)
        if plan.ok:
            claims = record_claims([(planned.record, planned.version) for planned in plan.rows], actor)
            pairs = zip(claims, plan.rows, strict=True)
            ImportedRecord.objects.bulk_create(
                (ImportedRecord(batch=row, claim=claim, row_number=planned.number) for claim, planned in pairs),
                batch_size=1000,
            )
            row.state, row.applied_at = BatchState.APPLIED, timezone.now()
        row.save()
        _record("apply" if plan.ok else "check", row, actor, role, _totals(plan))
    batch.refresh_from_db()
    return plan.ok


def discard_import(batch: ImportBatch, actor: Person) -> None:
    """Put a staged workbook away; it stays in the history. Raises ``NotAllowed``, then ``BatchMoved``."""
    role = _recorder(actor, _category(batch))
    with transaction.atomic():
        row = _lock(batch, BatchState.PREVIEWED)
        row.state = BatchState.DISCARDED
        row.save(update_fields=["state"])
        _record("discard", row, actor, role, {})
    batch.state = row.state


def roll_back_import(batch: ImportBatch, actor: Person, *, reason: str) -> int:
    """Take back what a batch recorded and return how many claims that were.

    Raises ``NotAllowed``, then ``ValidationError`` without a reason, then ``BatchMoved``, then ``RowsInUse`` while a
    conversion holds or has consumed any point of any row: then nothing is taken back.
    """
    role = _recorder(actor, _category(batch))
    if not reason.strip():
        raise ValidationError({"reason": _("请填写理由，学生会看到它。")})
    with transaction.atomic():
        row = _lock(batch, BatchState.APPLIED)
        ids = list(row.records.values_list("claim_id", flat=True))
        try:
            count = revoke_claims(ids, actor, reason=reason.strip())
        except PointsInUse as error:
            used = row.records.filter(claim__in=error.claims).select_related("claim__student__person")
            raise RowsInUse(list(used)) from error
        row.state, row.rolled_back_at = BatchState.ROLLED_BACK, timezone.now()
        row.save(update_fields=["state", "rolled_back_at"])
        _record("roll_back", row, actor, role, {"revoked": count}, reason=reason.strip())
    batch.refresh_from_db()
    return count


def _recorder(actor: Person, category: Category) -> str:
    verdict = can_record(actor, category)
    if not verdict:
        raise NotAllowed(verdict)
    return verdict.role


def _check_facts(academic_year: str, published_on: datetime.date) -> None:
    problems: dict[str, Any] = {}
    if year_problem := academic_year_problem(academic_year):
        problems["academic_year"] = year_problem
    if published_on > timezone.localdate():
        problems["published_on"] = _("公示尚未结束，请在公示结束后导入。")
    if problems:
        raise ValidationError(problems)


def _read(category: Category, workbook: IO[bytes]) -> SheetReading:
    version = newest_version(category)
    if version is None:
        raise ValidationError({"workbook": _("该办法目前没有生效的版本。")})
    return read_workbook(workbook, sheet_for(category, version.data))


def _category(batch: ImportBatch) -> Category:
    return Category.objects.select_related("scheme").get(pk=batch.category_id)


def _lock(batch: ImportBatch, state: str) -> ImportBatch:
    row: ImportBatch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if row.state != state:
        raise BatchMoved
    return row


def _write_report(batch: ImportBatch, plan: ImportPlan) -> None:
    """Put what was found on the batch: its page shows it without reading the workbook again."""
    batch.rows = plan.total
    batch.problems = [asdict(problem) | {"place": problem.place} for problem in plan.problems[:SHOWN_PROBLEMS]]
    batch.report = _totals(plan) | {
        "more_problems": plan.more_problems + max(0, len(plan.problems) - SHOWN_PROBLEMS),
        "skipped_rows": plan.skipped[:SHOWN_SKIPPED],
        "sample": [
            [
                planned.number,
                planned.record.student.person.number,
                planned.record.student.person.name,
                planned.record.content,
                str(planned.record.points),
                planned.record.reason,
            ]
            for planned in plan.rows[:SHOWN_ROWS]
        ],
    }


def _totals(plan: ImportPlan) -> dict[str, Any]:
    return {
        "rows": plan.total,
        "create": len(plan.rows),
        "students": plan.students,
        "points": str(plan.points),
        "skipped": len(plan.skipped),
        "problems": len(plan.problems) + plan.more_problems,
    }


def _record(
    verb: str, batch: ImportBatch, actor: Person, role: str, facts: dict[str, Any], *, reason: str = ""
) -> None:
    category = _category(batch)
    label = f"{category.name} {batch.academic_year} {batch.workbook.name}"
    record(
        verb,
        actor,
        kind="import",
        key=batch.pk,
        label=label,
        role=role,
        scheme=category.scheme.code,
        reason=reason,
        changes=({}, facts),
    )
