"""Takes a decision of a batch back, however late: the claim stands where it stood, its award is reversed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.dateparse import parse_datetime

from credits.assessing import keep_assessment
from credits.notices import forget_held, tell_student
from credits.services.counting import take_award_back
from credits.services.moving import moving
from portal.enums import Status
from portal.workflow import enter_stage

if TYPE_CHECKING:
    from credits.models import Claim
    from portal.models import Person
    from portal.workflow import Permission


@dataclass(frozen=True, slots=True)
class Before:
    """What a decision changes on a claim under review, as it was; survives JSON."""

    stage: str
    entered_at: str
    points: str | None
    reason: str
    escalated: str
    facts: dict[str, Any]

    @classmethod
    def of(cls, claim: Claim) -> Before:
        """Take it from the claim before the decision."""
        return cls(
            stage=claim.stage,
            entered_at=claim.stage_entered_at.isoformat() if claim.stage_entered_at else "",
            points=None if claim.recognised_points is None else str(claim.recognised_points),
            reason=claim.recognised_reason,
            escalated=claim.escalated,
            facts=claim.facts,
        )

    def as_json(self) -> dict[str, Any]:
        """Write it down."""
        return asdict(self)


def take_back(claim: Claim, actor: Person, before: Before, *, reason: str, revision: int, may: Permission) -> Claim:
    """Put a claim that was approved or returned back before its reviewer, and its team's claims with it.

    ``revision`` is the one that the decision left: whatever came after makes it stale. Raises ``StaleSubject``,
    ``NotAllowed``, and ``NotEnoughPoints`` when what was awarded is used already; nothing is changed then.
    """
    with moving(claim, "take_back", actor, may=may, revision=revision, reason=reason) as (row, _step):
        decided = row.status
        enter_stage(row, before.stage)
        row.stage_entered_at = parse_datetime(before.entered_at) or row.stage_entered_at
        row.recognised_points = None if before.points is None else Decimal(before.points)
        row.recognised_reason, row.escalated, row.decided_at = before.reason, before.escalated, None
        if row.facts != before.facts:
            row.facts = before.facts
            keep_assessment(row)
        if decided == Status.RECOGNISED:
            take_award_back(row, actor)
        if decided != Status.IN_REVIEW and not forget_held(row):  # the student was told of the decision
            tell_student(row, actor, reason=reason)
    return claim
