"""What the college and the office do with a conversion application: approve, return, refuse, revoke."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from conversion.models.forms import Form, FormState
from conversion.notices import inform, tell_student
from conversion.rules import can_review, can_revoke
from conversion.services.applications import release, settle
from conversion.services.forms import issue_form
from credits.enums import EntryKind
from credits.services.decisions import require_reason
from credits.stages import stage_after
from portal.enums import Status
from portal.workflow import close, enter_stage, transition

if TYPE_CHECKING:
    from conversion.models import Application
    from portal.models import Person


def approve_application(
    application: Application, actor: Person, *, revision: int | None, remark: str = ""
) -> Application:
    """Approve the present stage: on to the next, or converted after the last, points consumed and form issued."""
    with transition(application, "approve", actor, may=can_review, revision=revision, reason=remark) as (
        row,
        step,
    ):
        following = stage_after(row.scheme_version, row.stage, "conversions")
        if following is not None:
            enter_stage(row, following.code)
            return application
        settle(row, actor, EntryKind.CONSUME)
        stage = row.stage
        close(row, Status.RECOGNISED)
        form = issue_form(row, actor, opinion=(stage, step.role, remark))
        step.after = {"form": form.number}
        tell_student(row, actor)
        inform(row)
    return application


def return_application(application: Application, actor: Person, *, reason: str, revision: int | None) -> Application:
    """Send the application back with the reason; its records are free until it is handed in again."""
    require_reason(reason)
    with transition(application, "return", actor, may=can_review, revision=revision, reason=reason) as (
        row,
        _step,
    ):
        release(row, actor)
        row.status, row.stage = Status.RETURNED, ""
        tell_student(row, actor, reason=reason)
    return application


def refuse_application(application: Application, actor: Person, *, reason: str, revision: int | None) -> Application:
    """Refuse the application with the reason; the student may apply anew."""
    require_reason(reason)
    with transition(application, "refuse", actor, may=can_review, revision=revision, reason=reason) as (
        row,
        _step,
    ):
        release(row, actor)
        close(row, Status.REFUSED)
        tell_student(row, actor, reason=reason)
    return application


def revoke_application(application: Application, actor: Person, *, reason: str, revision: int | None) -> Application:
    """Cancel a conversion: the points go back to the student's records and the printed form is no longer valid."""
    require_reason(reason)
    with transition(application, "revoke", actor, may=can_revoke, revision=revision, reason=reason) as (
        row,
        step,
    ):
        settle(row, actor, EntryKind.REFUND)
        gone = Form.objects.filter(application=row, state=FormState.VALID).update(state=FormState.REVOKED)
        close(row, Status.REVOKED)
        step.after = {"forms_revoked": gone, "at": timezone.now().isoformat()}
        tell_student(row, actor, reason=reason)
    return application
