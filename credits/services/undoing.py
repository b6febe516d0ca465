"""Taking a decision back within seconds, before anybody has heard of it: everything stands as it stood."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from credits.assessing import keep_assessment
from credits.enums import MemberState
from credits.models import ClaimEvent, Member
from credits.notices import forget_held
from credits.rules import can_undo, last_event
from credits.services.counting import take_award_back
from credits.services.ledger import NotEnoughPoints
from credits.services.moving import may_lead
from portal.enums import Status
from portal.trail import write_event
from portal.workflow import StaleSubject, lock, state_of, transition

if TYPE_CHECKING:
    import datetime

    from credits.models import Claim
    from portal.models import Person
    from portal.workflow import Permission, Step


def undo_decision(claim: Claim, actor: Person, *, revision: int | None, may: Permission | None = None) -> Claim:
    """Take back the decision that the actor has just made; mates' claims go back with the lead's.

    The notices that have not left yet are withdrawn, awarded points revoked. Raises ``NotAllowed`` after the ten
    seconds and for anybody else's decision, ``ValidationError`` when the points are in use already. ``may`` is for the
    floors above, which know what else can stand on a decision.
    """
    try:
        with transition(claim, "undo", actor, may=may or can_undo, revision=revision) as (row, step):
            decision = last_event(row)
            assert decision is not None  # noqa: S101 - the rule has found it; narrows the type
            step.after = {"undone": decision.pk, "verb": decision.verb}
            reached = row.status
            _put_back(row, decision, actor)
            if may_lead(row):
                _put_mates_back(row, decision, step, actor, reached)
    except NotEnoughPoints:
        raise ValidationError(_("积分已被使用，不能再撤回这个决定。")) from None
    return claim


def _put_mates_back(lead: Claim, decision: ClaimEvent, step: Step, actor: Person, reached: str) -> None:
    """Put back the claims that the decision moved along; raises ``StaleSubject`` when one has moved on since."""
    members = Member.objects.filter(achievement__lead=lead, state=MemberState.CONFIRMED, claim__isnull=False)
    for member in members.order_by("claim_id").select_related("claim"):
        assert member.claim is not None  # noqa: S101 - filtered; narrows the type
        mate = lock(member.claim)
        moved = last_event(mate)
        if moved is None or (moved.verb, moved.request_id) != (decision.verb, decision.request_id):
            if mate.status == reached:
                raise StaleSubject(lead)
            continue
        before, from_state = mate.trail_facts(), state_of(mate)
        _put_back(mate, moved, actor)
        mate.revision += 1
        mate.save()
        write_event(
            mate.EVENT,
            "undo",
            actor,
            role=step.role,
            from_state=from_state,
            to_state=state_of(mate),
            changes=(before, {**mate.trail_facts(), "undone": moved.pk, "verb": moved.verb}),
            subject=mate,
        )


def _put_back(row: Claim, decision: ClaimEvent, actor: Person) -> None:
    """Give the row the state and the figures from before the decision, which the trail has kept."""
    stage = decision.from_state.partition(":")[2]
    was, now = decision.before, decision.after
    recognised = row.status == Status.RECOGNISED
    row.status, row.stage, row.decided_at = Status.IN_REVIEW, stage, None
    if recognised:
        take_award_back(row, actor)
    row.stage_entered_at = _entered(row, decision)
    if "recognised_points" in {**was, **now}:
        points = was.get("recognised_points")
        row.recognised_points = None if points is None else Decimal(points)
    if "recognised_reason" in {**was, **now}:
        row.recognised_reason = was.get("recognised_reason", "")
    if "facts" in was:
        row.facts = was["facts"]
        keep_assessment(row)
    forget_held(row)


def _entered(row: Claim, decision: ClaimEvent) -> datetime.datetime | None:
    """Return since when the row had been in the stage that was decided."""
    entering = ClaimEvent.objects.filter(subject=row, pk__lt=decision.pk, to_state=decision.from_state)
    moments = entering.exclude(from_state=decision.from_state).order_by("-pk").values_list("at", flat=True)
    return moments.first() or row.submitted_at
