"""Takes a workbook of people in: all of it, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.enums import Role
from portal.models.imports import SheetKind
from portal.people_import.plan import LEAVER, Limits, PeoplePlan, plan_people
from portal.people_import.present import present
from portal.people_import.sheets import ORDER, specs
from portal.people_import.writing import write_people
from portal.sheet_imports import keep_import
from portal.spreadsheets import read_workbook
from portal.trail import record
from portal.verdict import Verdict
from portal.workflow import NotAllowed

if TYPE_CHECKING:
    from typing import IO

    from portal.models import Person, StoredFile
    from portal.spreadsheets import SheetReading

NAMED = 500


def can_import_people(person: Person) -> Verdict:
    """Whether the person keeps the roll and the appointments: the administrator, and the office."""
    if person.is_superuser or person.standing.has(Role.ADMINISTRATOR):
        return Verdict.yes(Role.ADMINISTRATOR)
    if person.standing.has(Role.OFFICE):
        return Verdict.yes(Role.OFFICE)
    return Verdict.no(_("只有系统管理员和主管部门可以导入人员。"))


def preview_people(actor: Person, workbook: IO[bytes], *, complete: bool = False) -> PeoplePlan:
    """Say what the workbook would do. Raises ``NotAllowed``, then ``ValidationError`` when it cannot be read at all."""
    _allow(actor)
    return plan_people(_read(workbook), present(), limits_of(actor), day=timezone.localdate(), complete=complete)


def import_people(
    actor: Person,
    workbook: IO[bytes],
    *,
    complete: bool = False,
    name: str = "",
    stored: StoredFile | None = None,
) -> PeoplePlan:
    """Write everything the workbook says, with one event; a plan with problems wrote nothing.

    Raises like ``preview_people``. What is there is compared again inside the transaction. ``stored`` is the staged
    workbook: it stays with the history, unless it holds first passwords.
    """
    verdict = _allow(actor)
    readings = _read(workbook)
    with transaction.atomic():
        plan = plan_people(readings, present(), limits_of(actor), day=timezone.localdate(), complete=complete)
        if plan.ok and plan.changes:
            rows = write_people(plan)
            facts: dict[str, Any] = {**plan.counts(), "left": _left(plan)}
            record("import", actor, kind="people", key="", label=name, role=verdict.role, changes=({}, facts))
            keep_import(SheetKind.PEOPLE, actor, stored, facts, rows=rows, secret=_has_passwords(plan))
    return plan


def _allow(actor: Person) -> Verdict:
    verdict = can_import_people(actor)
    if not verdict:
        raise NotAllowed(verdict)
    return verdict


def limits_of(actor: Person) -> Limits:
    """Return what the person may grant."""
    administrator = actor.is_superuser or actor.standing.has(Role.ADMINISTRATOR)
    schemes = frozenset({""}) if administrator else actor.standing.schemes_as(Role.OFFICE)
    return Limits(actor.number, may_appoint_administrators=administrator, schemes=schemes)


def _read(workbook: IO[bytes]) -> dict[str, SheetReading]:
    found: dict[str, SheetReading] = {}
    for sheet, spec in specs().items():
        reading = read_workbook(workbook, spec)
        whole = [problem.message for problem in reading.problems if problem.row == 0]
        if whole:
            raise ValidationError({"workbook": whole})
        found[sheet] = reading
    if not any(found[sheet].total or found[sheet].problems for sheet in ORDER):
        raise ValidationError({"workbook": _("六张工作表里都没有数据行。")})
    return found


def _has_passwords(plan: PeoplePlan) -> bool:
    return any(change.values.get("password") for change in plan.changes)


def _left(plan: PeoplePlan) -> list[str]:
    """Name who was deactivated, as far as an event has room."""
    leavers = [change for change in plan.changes if change.action == LEAVER and change.sheet != "appointments"]
    return [str(change.identity) for change in leavers[:NAMED]]
