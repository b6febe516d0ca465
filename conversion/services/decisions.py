"""What the college and the office do with a conversion application: approve, return, refuse, conclude, revoke."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from conversion.models.forms import Form, FormState
from conversion.notices import inform, tell_student
from conversion.rules import can_conclude, can_review, can_revoke
from conversion.services.applications import refuse_cancelled, release, settle
from conversion.services.forms import issue_form
from conversion.services.offsets import NOT_JUDGED, Judgement, judge_relevance
from credits.enums import EntryKind
from credits.models import Lot
from credits.services.decisions import require_reason
from credits.stages import stage_after
from portal.enums import Status
from portal.workflow import close, enter_stage, transition

if TYPE_CHECKING:
    from conversion.models import Application
    from portal.models import Person
    from portal.workflow import Step


def approve_application(
    application: Application,
    actor: Person,
    *,
    revision: int | None,
    remark: str = "",
    judgement: Judgement = NOT_JUDGED,
) -> Application:
    """Approve the present stage: on to the next; after the last to publicity where the scheme has one, else converted.

    Raises ``ValidationError`` where the college must judge the relevance and has not, or finds none, and for a record
    whose recognition was cancelled.
    """
    with transition(application, "approve", actor, may=can_review, revision=revision, reason=remark) as (
        row,
        step,
    ):
        judge_relevance(row, judgement, passes=True)
        following = stage_after(row.scheme_version, row.stage, "conversions")
        is_public = row.offsets and row.scheme_version.data.conversion.publicity is not None
        if following is not None or is_public:
            refuse_cancelled(Lot.objects.filter(lines__application=row).select_related("claim"))
        if following is not None:
            enter_stage(row, following.code)
        elif is_public:
            row.status, row.stage, row.stage_entered_at = Status.PUBLICITY, "", timezone.now()
            tell_student(row, actor)
        else:
            _recognise(row, actor, step, opinion=(row.stage, step.role, remark))
    return application


def return_application(
    application: Application, actor: Person, *, reason: str, revision: int | None, judgement: Judgement = NOT_JUDGED
) -> Application:
    """Send the application back with the reason; its records are free until it is handed in again."""
    require_reason(reason)
    with transition(application, "return", actor, may=can_review, revision=revision, reason=reason) as (
        row,
        _step,
    ):
        judge_relevance(row, judgement, passes=False)
        release(row, actor)
        row.status, row.stage = Status.RETURNED, ""
        tell_student(row, actor, reason=reason)
    return application


def refuse_application(
    application: Application, actor: Person, *, reason: str, revision: int | None, judgement: Judgement = NOT_JUDGED
) -> Application:
    """Refuse the application with the reason; the student may apply anew."""
    require_reason(reason)
    with transition(application, "refuse", actor, may=can_review, revision=revision, reason=reason) as (
        row,
        _step,
    ):
        judge_relevance(row, judgement, passes=False)
        release(row, actor)
        close(row, Status.REFUSED)
        tell_student(row, actor, reason=reason)
    return application


def effect_application(
    application: Application, actor: Person, *, notice: str, revision: int | None = None
) -> Application:
    """Put a publicised offset into effect under the number of the formal notice: points consumed, form issued."""
    if not notice.strip():
        raise ValidationError({"notice": _("请填写发文文号。")})
    with transition(application, "effect", actor, may=can_conclude, revision=revision) as (row, step):
        row.notice = notice.strip()
        _recognise(row, actor, step)
    return application


def strike_application(application: Application, actor: Person, *, reason: str, revision: int | None) -> Application:
    """Refuse a publicised offset after an objection that was upheld: records and allowance are free again."""
    require_reason(reason)
    with transition(application, "strike", actor, may=can_conclude, revision=revision, reason=reason) as (
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


def _recognise(row: Application, actor: Person, step: Step, *, opinion: tuple[str, str, str] | None = None) -> None:
    """Turn the points into the course's credit; ``opinion`` is the review decision that does it, if one does."""
    settle(row, actor, EntryKind.CONSUME)
    close(row, Status.RECOGNISED)
    form = issue_form(row, actor, opinion=opinion)
    step.after = {"form": form.number}
    tell_student(row, actor)
    inform(row)
