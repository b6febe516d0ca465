"""What an expert does with a task: give a score inside the range, change it, or abstain (W6).

The claim is locked before the task, everywhere: of two experts who finish at once, the second finds the first's score.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from credits.evaluation.spans import plain
from credits.services.judging import score_range
from portal.points import as_points
from portal.workflow import NotAllowed
from review.experts.methods import methods_of, present_method
from review.experts.reckoning import score_problem
from review.experts.rules import can_abstain, can_score
from review.models import Assignment, AssignmentState
from review.services.assigning import replace_expert
from review.services.settling import locked_task, move, note_task, result_of, settle_if_complete

if TYPE_CHECKING:
    from decimal import Decimal

    from credits.models import Claim
    from portal.models import Person


def score_claim(task: Assignment, actor: Person, *, score: object, comment: str = "", method: str = "") -> Assignment:
    """Give (or change) the expert's score; the last one that is waited for settles the result.

    ``score`` is a number inside the claim's range with the scheme's places; ``method`` suggests another way of sharing
    a team's result, ``comment`` is its reason then. Raises ``StaleSubject`` when the result stands already,
    ``NotAllowed`` for somebody else's task or a conflict of interest, ``ValidationError`` by field.
    """
    with transaction.atomic():
        claim, present = locked_task(task)
        verdict = can_score(actor, present, claim)
        if not verdict:
            raise NotAllowed(verdict)
        present.score = check_score(claim, score)
        present.method, present.comment = _check_method(claim, method, comment), comment.strip()
        present.state, present.answered_at = AssignmentState.SCORED, timezone.now()
        present.save()
        given = {
            "task": present.pk,
            "given": str(present.score),
            "comment": present.comment,
            "suggested_method": present.method,
        }
        move(claim, actor, verdict.role, {key: value for key, value in given.items() if value}, result_of(claim))
    return present


def abstain(task: Assignment, actor: Person, *, reason: str) -> Assignment | None:
    """Step back from a task with the reason; returns the task of whoever takes the place, None when nobody does.

    Where the other scores are enough the result is settled instead.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("请说明回避的理由。")})
    with transaction.atomic():
        claim, present = locked_task(task)
        verdict = can_abstain(actor, present, claim)
        if not verdict:
            raise NotAllowed(verdict)
        before = {"state": str(present.state), "given": str(present.score) if present.score is not None else ""}
        present.state, present.score, present.method = AssignmentState.ABSTAINED, None, ""
        present.comment, present.answered_at = reason.strip(), timezone.now()
        present.save()
        note_task("abstain", present, actor, verdict.role, reason=reason.strip(), before=before)
        return None if settle_if_complete(claim, actor, verdict.role) else replace_expert(claim, present)


def check_score(claim: Claim, score: object) -> Decimal:
    """Return the score as a Decimal; raises ``ValidationError`` for no number, one outside, or too many places."""
    try:
        amount = as_points(score)
    except ValidationError as error:
        raise ValidationError({"score": error.messages}) from None
    allowed, rounding = score_range(claim), claim.scheme_version.data.rounding
    if allowed is None:
        raise ValidationError({"score": _("按规则该申报没有可评定的分值范围。")})
    problem = score_problem(amount, allowed, rounding)
    if problem == "range":
        low, high = allowed
        text = _("评分应在 %(low)s 到 %(high)s 之间。") % {"low": plain(low), "high": plain(high)}
        raise ValidationError({"score": text})
    if problem:
        raise ValidationError({"score": _("评分最多保留 %(places)s 位小数。") % {"places": rounding.places}})
    return amount


def _check_method(claim: Claim, method: str, comment: str) -> str:
    """Return the suggested way of sharing, empty when it is the present one."""
    if not method or method == present_method(claim):
        return ""
    if method not in methods_of(claim):
        raise ValidationError({"method": _("请从列表中选择。")})
    if not comment.strip():
        raise ValidationError({"comment": _("建议改变团队计分方式，请在评审意见中说明理由。")})
    return method
