"""Conflicts of interest as they are declared and lifted (利益关系): by the judge, or by the scheme's office."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.trail import record
from portal.workflow import NotAllowed
from review.experts.rules import can_declare
from review.models import Assignment, AssignmentState, Conflict
from review.services.settling import locked_task, settle_if_complete

if TYPE_CHECKING:
    from credits.models import Scheme
    from portal.models import Person, Student


def declare_conflict(scheme: Scheme, actor: Person, judge: Person, student: Student, *, reason: str) -> Conflict:
    """Declare that the judge never judges this student under the scheme.

    Raises ``ValidationError`` keyed ``reason``, or ``student`` when it stands already.
    """
    verdict = can_declare(actor, scheme, judge)
    if not verdict:
        raise NotAllowed(verdict)
    if not reason.strip():
        raise ValidationError({"reason": _("请说明是什么关系。")})
    try:
        with transaction.atomic():
            row = Conflict.objects.create(
                scheme=scheme, person=judge, student=student, reason=reason.strip(), declared_by=actor
            )
            _note_conflict("declare", row, actor, verdict.role, reason.strip())
    except IntegrityError:
        raise ValidationError({"student": _("这项利益关系已经申明过。")}) from None
    return row


def lift_conflict(conflict: Conflict, actor: Person, *, reason: str) -> None:
    """Take a declaration back that was wrong, with the reason; the trail keeps both."""
    verdict = can_declare(actor, conflict.scheme, conflict.person)
    if not verdict:
        raise NotAllowed(verdict)
    if not reason.strip():
        raise ValidationError({"reason": _("请填写撤销的理由。")})
    with transaction.atomic():
        _note_conflict("lift", conflict, actor, verdict.role, reason.strip())
        conflict.delete()
        _settle_what_waited(conflict, actor, verdict.role)


def _settle_what_waited(conflict: Conflict, actor: Person, role: str) -> None:
    """Settle results that the declaration alone held up: its judge had scored before."""
    tasks = Assignment.objects.at_hand().filter(expert=conflict.person, claim__scheme=conflict.scheme)
    for task in tasks.filter(state=AssignmentState.SCORED).order_by("claim_id"):
        claim, _present = locked_task(task)
        settle_if_complete(claim, actor, role)


def _note_conflict(verb: str, row: Conflict, actor: Person, role: str, reason: str) -> None:
    facts = {"person": row.person.number, "student": row.student.person.number, "reason": row.reason}
    changes = ({}, facts) if verb == "declare" else (facts, {})
    label = f"{row.person.name} / {row.student.person.name}"
    record(verb, actor, kind="conflict", key=row.pk, label=label, role=role, reason=reason, changes=changes)
