"""What experts, committee and publicity do to a claim: a score, its confirmation, its correction, its effect."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from credits.assessing import BEYOND, SCORE, assess, keep_assessment
from credits.models import Claim
from credits.notices import tell_student
from credits.rules import can_confirm, can_settle_publicity
from credits.services.counting import count
from credits.services.decisions import conclude, endorse_claim, go_on, require_act, require_reason
from credits.services.moving import moving
from portal.enums import Status
from portal.points import ZERO, as_points
from portal.workflow import close, transition

if TYPE_CHECKING:
    from portal.models import Person
    from portal.workflow import Permission, Step

__all__ = [
    "BEYOND",
    "SCORE",
    "confirm_claim",
    "correct_claim",
    "effect_claim",
    "endorse_claim",
    "lead_of",
    "score_range",
    "settle_score",
    "strike_claim",
]


def score_range(claim: Claim) -> tuple[Decimal, Decimal] | None:
    """Return the range in which people score the claim, before a team's shares; None where nothing is judged."""
    return assess(claim).range


def lead_of(claim: Claim) -> Claim:
    """Return the claim that is decided: the lead's for a mate's, otherwise itself."""
    if not claim.follows_lead:
        return claim
    lead: Claim = Claim.objects.get(achievement__members__claim=claim)
    return lead


def settle_score(row: Claim, step: Step, score: Decimal, actor: Person) -> None:
    """Put the experts' result on the row and send it on; inside a transition of the verb ``score``.

    Raises ``ValidationError`` keyed ``score`` when it lies outside the range.
    """
    require_act(row, "score")
    decide(row, score)
    step.after = {**step.after, "score": str(score)}
    go_on(row, step, actor)


def confirm_claim(
    claim: Claim,
    actor: Person,
    *,
    score: Decimal | None = None,
    reason: str = "",
    beyond: bool = False,
    revision: int | None,
    may: Permission = can_confirm,
) -> Claim:
    """Decide for the committee: the experts' result stands (``score`` None), or another score with its reason.

    Outside the range only with ``beyond`` and the reason. Raises ``ValidationError`` keyed ``score`` or ``reason``.
    """
    with moving(claim, "confirm", actor, may=may, revision=revision, reason=reason) as (row, step):
        require_act(row, "confirm")
        settled = row.facts.get(SCORE)
        if score is not None and (settled is None or as_points(settled) != score or beyond):
            if settled is not None or beyond:
                require_reason(reason)
            decide(row, score, beyond=beyond)
            row.recognised_reason = reason.strip()
        else:
            decide(row, None)
        conclude(row, step, actor)
        step.after = {**step.after, "score": row.facts.get(SCORE, "")}
    return claim


def correct_claim(
    claim: Claim, actor: Person, *, score: Decimal, reason: str, beyond: bool = False, revision: int | None
) -> Claim:
    """Put another score in the place of a publicised one (an objection was upheld in part); publicity begins anew.

    A team is corrected as a whole, by its lead's claim.
    """
    require_reason(reason)
    with moving(claim, "correct", actor, may=can_settle_publicity, revision=revision, reason=reason) as (row, _step):
        if row.follows_lead:
            raise ValidationError({"score": _("团队成果请在牵头人的申报上更正。")})
        decide(row, score, beyond=beyond)
        row.recognised_reason = reason.strip()
        tell_student(row, actor, reason=reason)
    return claim


def strike_claim(claim: Claim, actor: Person, *, reason: str, revision: int | None) -> Claim:
    """Refuse what was publicised because an objection was upheld; a lead takes the team along, a mate goes alone."""
    require_reason(reason)
    with moving(claim, "strike", actor, may=can_settle_publicity, revision=revision, reason=reason) as (row, _step):
        row.recognised_points, row.recognised_reason = None, ""
        close(row, Status.REFUSED)
        tell_student(row, actor, reason=reason)
    return claim


def effect_claim(claim: Claim, actor: Person, *, notice: str, revision: int | None = None) -> Claim:
    """Recognise what the formal notice published, and count it; each member of a team by the own claim.

    ``notice`` is the notice's number. Of one project only the highest counts (``counting.count``).
    """
    with transition(claim, "effect", actor, may=can_settle_publicity, revision=revision) as (row, step):
        points = row.recognised_points or ZERO
        close(row, Status.RECOGNISED)
        counted = count(row, points, actor)
        step.after = {"notice": notice, "awarded": str(counted)}
        tell_student(row, actor, reason=notice)
    return claim


def decide(row: Claim, score: Decimal | None, *, beyond: bool = False) -> None:
    """Write a score among the facts and let the rules make the points of it; ``None`` leaves what stands.

    Raises ``ValidationError`` keyed ``score`` when the rules do not allow it or it leaves nothing to recognise.
    """
    if score is not None:
        facts = {**row.facts, SCORE: str(as_points(score)), BEYOND: "true" if beyond else ""}
        row.facts = {key: value for key, value in facts.items() if value != ""}
    result = keep_assessment(row)
    if result.problems:
        raise ValidationError({"score": [problem.message for problem in result.problems]})
    if result.points is None:
        raise ValidationError({"score": _("请填写认定分值。")})
    if result.points <= ZERO:
        raise ValidationError({"score": _("按规则计算后不计分；不予认定请选择“不予通过”。")})
    maximum = row.scheme_version.data.limits.max_points
    if result.points > maximum:
        raise ValidationError({"score": _("认定分值不能超过 %(max)s。") % {"max": maximum}})
    row.recognised_points = result.points
