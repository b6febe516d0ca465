"""What a reviewer or an office does with a claim: approve, return, refuse, revoke."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from credits.models import Claim
from credits.notices import tell_student
from credits.rules import can_review, can_revoke
from credits.services.ledger import award, revoke
from credits.services.recording import Record, record_claim
from credits.stages import stage_after
from portal.enums import Status
from portal.points import ZERO, as_points
from portal.workflow import close, enter_stage, transition

if TYPE_CHECKING:
    from portal.models import Person

__all__ = [
    "Record",
    "approve_claim",
    "check_points",
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
    with transition(claim, "approve", actor, may=can_review, revision=revision, reason=reason or remark) as (
        row,
        step,
    ):
        row.recognised_points = points
        if reason:
            row.recognised_reason = reason
        following = stage_after(row.scheme_version, row.stage)
        if following is not None:
            enter_stage(row, following.code)
            return claim
        close(row, Status.RECOGNISED)
        step.after = {"awarded": str(points)}
        award(row, points, actor)
        tell_student(row, actor)
    return claim


def check_points(claim: Claim, points: object, reason: str) -> Decimal:
    """Return the points as a Decimal, or raise ``ValidationError`` keyed by the form's field."""
    try:
        amount = as_points(points)
    except ValidationError as error:
        raise ValidationError({"points": error}) from None
    maximum = claim.scheme_version.data.limits.max_points
    if amount <= ZERO:
        raise ValidationError({"points": _("认定积分必须大于 0；不予认定请选择“不予通过”。")})
    if amount > maximum:
        raise ValidationError({"points": _("认定积分不能超过 %(max)s。") % {"max": maximum}})
    proposed = claim.recognised_points if claim.recognised_points is not None else claim.claimed_points
    if amount != proposed and not reason.strip():
        raise ValidationError({"reason": _("认定积分与申请积分不同，请说明理由。")})
    return amount


def return_claim(claim: Claim, actor: Person, *, reason: str, revision: int | None) -> Claim:
    """Send the claim back to the student with the reason; it can be amended and handed in again."""
    require_reason(reason)
    with transition(claim, "return", actor, may=can_review, revision=revision, reason=reason) as (row, _step):
        row.status, row.stage, row.recognised_points, row.recognised_reason = Status.RETURNED, "", None, ""
        tell_student(row, actor, reason=reason)
    return claim


def refuse_claim(claim: Claim, actor: Person, *, reason: str, revision: int | None) -> Claim:
    """Refuse the claim for good, with the reason."""
    require_reason(reason)
    with transition(claim, "refuse", actor, may=can_review, revision=revision, reason=reason) as (row, _step):
        row.recognised_points, row.recognised_reason = None, ""
        close(row, Status.REFUSED)
        tell_student(row, actor, reason=reason)
    return claim


def revoke_claim(claim: Claim, actor: Person, *, reason: str, revision: int | None) -> Claim:
    """Cancel a recognition none of whose points is used; the ledger takes the award back."""
    require_reason(reason)
    with transition(claim, "revoke", actor, may=can_revoke, revision=revision, reason=reason) as (row, _step):
        close(row, Status.REVOKED)
        revoke(row, actor)
        tell_student(row, actor, reason=reason)
    return claim


def require_reason(reason: str) -> None:
    """Raise ``ValidationError`` beside the field when no reason was written."""
    if not reason.strip():
        raise ValidationError({"reason": _("请填写理由，学生会看到它。")})
