"""Takes a workbook of courses in: all of its rows, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from conversion.rules import can_keep_courses
from conversion.services.courses import course_facts, save_course
from portal.models.imports import SheetKind
from portal.sheet_imports import Written, keep_import
from portal.spreadsheets import read_workbook
from portal.trail import record
from portal.workflow import NotAllowed
from review.imports.course_sheet import CoursePlan, course_sheet, plan_courses

if TYPE_CHECKING:
    from typing import IO

    from credits.models import Scheme
    from portal.models import Person, StoredFile
    from review.imports.course_sheet import PlannedCourse


def preview_courses(actor: Person, scheme: Scheme, workbook: IO[bytes]) -> CoursePlan:
    """Say what the workbook would do. Raises ``NotAllowed``, then ``ValidationError`` when it cannot be read at all."""
    verdict = can_keep_courses(actor, scheme)
    if not verdict:
        raise NotAllowed(verdict)
    reading = read_workbook(workbook, course_sheet())
    whole = [problem.message for problem in reading.problems if problem.row == 0]
    if whole or (reading.ok and not reading.total):
        raise ValidationError({"workbook": whole or _("工作表里没有数据行。")})
    return plan_courses(scheme, reading)


def import_courses(
    actor: Person, scheme: Scheme, workbook: IO[bytes], *, stored: StoredFile | None = None
) -> CoursePlan:
    """Create and change the courses of the workbook; a plan with problems changed nothing.

    Each course leaves the event that its form would leave, the workbook one of its own; ``stored`` is the
    staged workbook, which stays with the history.
    """
    with transaction.atomic():
        plan = preview_courses(actor, scheme, workbook)
        if plan.problems:
            return plan
        rows = [_save(actor, scheme, row) for row in plan.pending]
        counts = {"create": sum(row.course is None for row in plan.pending), "rows": len(plan.rows)}
        counts["change"] = len(plan.pending) - counts["create"]
        keep_import(SheetKind.COURSES, actor, stored, counts, scheme=scheme.code, rows=filter(None, rows))
        record(
            "import",
            actor,
            kind="courses",
            key=scheme.code,
            label=scheme.name,
            role="office",
            scheme=scheme.code,
            changes=({}, counts),
        )
    return plan


def _save(actor: Person, scheme: Scheme, planned: PlannedCourse) -> Written | None:
    """Save one course and return what was written."""
    before = course_facts(planned.course) if planned.course else None
    course = save_course(actor, scheme, planned.course, planned.data)
    if before is None:
        return Written("course", course.pk, str(course), after=course_facts(course))
    return Written.changed("course", course.pk, str(course), before, course_facts(course))
