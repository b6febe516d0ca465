"""What a reviewer or an office does with a claim: approve, return, refuse, revoke."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from credits.assessing import forget_judgement
from credits.enums import MemberState
from credits.models import Claim, ClaimEvent, Member
from credits.notices import tell_student
from credits.rules import can_review, can_revoke
from credits.services.counting import count, recount
from credits.services.ledger import revoke
from credits.services.moving import may_lead, moving
from credits.services.recording import Record, record_claim
from credits.services.returning import Flag, check_flags, in_words, keep_flags, on_the_trail
from credits.stages import following_stage, stage_of
from portal.enums import Status
from portal.language import kept_language
from portal.points import ZERO, as_points
from portal.workflow import close, enter_stage, transition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.models import Person
    from portal.workflow import Permission, Step

__all__ = [
    "Flag",
    "Record",
    "approve_claim",
    "check_points",
    "conclude",
    "endorse_claim",
    "go_on",
    "record_claim",
    "refuse_claim",
    "return_claim",
    "revoke_claim",
]


def approve_claim(
    claim: Claim, actor: Person, *, points: Decimal, revision: int | None, reason: str = "", remark: str = ""
) -> Claim:
    """Approve the present stage with these points: on to the next stage, or recognised and awarded after the last.

    ``reason`` says why the points differ from the claimed ones (or, at a later stage, from what the stage before
    proposed) and is required then; ``remark`` is an optional opinion. Raises ``ValidationError`` for points that are
    not positive, exceed the scheme's maximum, or differ without a reason.
    """
    points = check_points(claim, points, reason)
    with moving(claim, "approve", actor, may=can_review, revision=revision, reason=reason or remark) as (
        row,
        step,
    ):
        require_act(row, "points")
        row.recognised_points = points
        if reason:
            row.recognised_reason = reason
        go_on(row, step, actor)
    return claim


def endorse_claim(claim: Claim, actor: Person, *, revision: int | None, remark: str = "") -> Claim:
    """Pass the claim on from a stage that gives an opinion and no points (初审, 汇总).

    Raises ``ValidationError`` while a member of its team has not answered, or disputes what the lead wrote.
    """
    with moving(claim, "approve", actor, may=can_review, revision=revision, reason=remark) as (row, step):
        require_act(row, "opinion")
        require_answers(row)
        go_on(row, step, actor)
    return claim


def go_on(row: Claim, step: Step, actor: Person) -> None:
    """Put the row into the next stage, or conclude it after the last; in the caller's transaction."""
    following = following_stage(row)
    if following is not None:
        enter_stage(row, following.code)
        return
    conclude(row, step, actor)


def conclude(row: Claim, step: Step, actor: Person) -> None:
    """End the review: into publicity where the scheme has one, otherwise recognised and awarded at once."""
    if row.scheme_version.data.publicity is not None:
        row.status, row.stage = Status.PUBLICITY, ""
        row.stage_entered_at = timezone.now()
    else:
        close(row, Status.RECOGNISED)
        points = row.recognised_points or ZERO
        step.after = {**step.after, "awarded": str(points)}
        count(row, points, actor)
    tell_student(row, actor, held=True)


def require_act(row: Claim, act: str) -> None:
    """Raise ``ValidationError`` when the present stage decides something else."""
    stage = stage_of(row.scheme_version, row.stage)
    if stage is None or stage.acts != act:
        raise ValidationError({"points": _("该环节不在这里认定分值，请刷新页面。")})


def require_answers(row: Claim) -> None:
    """Raise ``ValidationError`` while the team is not settled: the reviewer may leave out who does not answer."""
    open_states = (MemberState.WAITING, MemberState.DISPUTED)
    names = Member.objects.filter(achievement__lead=row, state__in=open_states).values_list("name", flat=True)
    if may_lead(row) and names:
        text = _("还有团队成员未确认或有异议：%(names)s。请等待确认、移出成员，或退回修改。")
        raise ValidationError({"team": text % {"names": "、".join(names)}})


def check_points(claim: Claim, points: object, reason: str) -> Decimal:
    """Return the points as a Decimal, or raise ``ValidationError`` keyed by the form's field."""
    try:
        amount = as_points(points)
    except ValidationError as error:
        raise ValidationError({"points": error}) from None
    maximum, words = claim.scheme_version.data.limits.max_points, claim.scheme_version.data.wording
    if amount <= ZERO:
        raise ValidationError({"points": _("%(recognised)s必须大于 0；不予认定请选择“不予通过”。") % dict(words)})
    if amount > maximum:
        raise ValidationError({"points": _("%(recognised)s不能超过 %(max)s。") % {**words, "max": maximum}})
    proposed = claim.recognised_points if claim.recognised_points is not None else claim.claimed_points
    if amount != proposed and not reason.strip():
        raise ValidationError({"reason": _("%(recognised)s与%(claimed)s不同，请说明理由。") % dict(words)})
    return amount


def return_claim(
    claim: Claim,
    actor: Person,
    *,
    reason: str = "",
    flags: Sequence[Flag] = (),
    revision: int | None,
    may: Permission = can_review,
) -> Claim:
    """Send the claim back to the student with the reason; it can be amended and handed in again.

    With ``flags`` the student may change what they point at and what depends on it, and nothing else; their words are
    part of the reason. Raises ``ValidationError`` without a word, and keyed ``flags`` for what they cannot point at.
    """
    if not flags:
        require_reason(reason)
    with transaction.atomic():
        with moving(claim, "return", actor, may=may, revision=revision, reason=reason) as (row, step):
            files = check_flags(row, flags)
            if flags:
                with kept_language():
                    step.reason = in_words(row, reason, flags, files)
                step.after = {"flags": on_the_trail(flags, files), "words": reason.strip()}
            row.status, row.stage, row.recognised_points, row.recognised_reason = Status.RETURNED, "", None, ""
            forget_judgement(row)
            tell_student(row, actor, reason=step.reason, held=True)
        if isinstance(step.event, ClaimEvent):
            keep_flags(step.event, flags)
    return claim


def refuse_claim(
    claim: Claim, actor: Person, *, reason: str, revision: int | None, may: Permission = can_review
) -> Claim:
    """Refuse the claim for good, with the reason."""
    require_reason(reason)
    with moving(claim, "refuse", actor, may=may, revision=revision, reason=reason) as (row, _step):
        row.recognised_points, row.recognised_reason = None, ""
        close(row, Status.REFUSED)
        tell_student(row, actor, reason=reason, held=True)
    return claim


def revoke_claim(claim: Claim, actor: Person, *, reason: str, revision: int | None) -> Claim:
    """Cancel a recognition none of whose points is used; the ledger takes the award back. Mates keep theirs."""
    require_reason(reason)
    with transition(claim, "revoke", actor, may=can_revoke, revision=revision, reason=reason) as (row, _step):
        close(row, Status.REVOKED)
        revoke(row, actor)
        Claim.objects.filter(pk=row.pk).update(status=row.status)
        recount(row, actor)
        tell_student(row, actor, reason=reason)
    return claim


def require_reason(reason: str) -> None:
    """Raise ``ValidationError`` beside the field when no reason was written."""
    if not reason.strip():
        raise ValidationError({"reason": _("请填写理由，学生会看到它。")})
