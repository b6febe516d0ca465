"""One move of a claim, and with it the moves of the team mates whose claims follow it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from credits.assessing import keep_assessment
from credits.enums import MemberState
from credits.models import Member
from credits.notices import tell_student
from credits.rules import DECISIONS
from portal.enums import Status
from portal.points import ZERO
from portal.trail import write_event
from portal.workflow import lock, state_of, transition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from credits.models import Claim
    from portal.models import Person
    from portal.workflow import Permission, Step

TOLD = {Status.RETURNED, Status.REFUSED, Status.PUBLICITY, Status.RECOGNISED, Status.REVOKED}
MIRRORED = (
    "status",
    "stage",
    "stage_entered_at",
    "submitted_at",
    "decided_at",
    "round_id",
    "academic_year",
    "content",
    "scheme_version_id",
    "recognised_reason",
    "escalated",
    "achieved_on",
    "library_entry_id",
    "project_id",
)


@contextmanager
def moving(
    claim: Claim, verb: str, actor: Person, *, may: Permission, revision: int | None = None, reason: str = ""
) -> Iterator[tuple[Claim, Step]]:
    """Carry out one verb on a claim like ``transition``; its team's claims move along, each with its own event."""
    with transition(claim, verb, actor, may=may, revision=revision, reason=reason) as (row, step):
        status = row.status
        yield row, step
        if may_lead(row):
            _carry_mates(row, step, verb, actor, status)


def may_lead(claim: Claim) -> bool:
    """Whether the claim could lead a team: its category knows teams and it follows nobody (no query)."""
    rules = claim.scheme_version.data.category(claim.category.code)
    return rules.team is not None and not claim.follows_lead


def mirror(lead: Claim, mate: Claim, member: Member) -> None:
    """Give a mate's claim the lead's state and facts, with the mate's own rank and ratio, and reckon its share."""
    for name in MIRRORED:
        setattr(mate, name, getattr(lead, name))
    own = {"rank": str(member.rank), "ratio": str(member.ratio) if member.ratio is not None else ""}
    mate.facts = {key: value for key, value in {**lead.facts, **own}.items() if value != ""}
    result = keep_assessment(mate)
    mate.claimed_points = result.maximum or mate.claimed_points
    mate.recognised_points = result.points if lead.recognised_points is not None else None
    if mate.status in {Status.PUBLICITY, Status.RECOGNISED} and not mate.recognised_points:
        mate.status, mate.recognised_points, mate.recognised_reason = Status.REFUSED, None, ""


def _carry_mates(lead: Claim, step: Step, verb: str, actor: Person, status: str) -> None:
    from credits.services.counting import count  # noqa: PLC0415 - counting moves claims, too

    # Who disputes or was left out has a claim that was withdrawn: it stays so, wherever the lead's goes.
    members = Member.objects.filter(achievement__lead=lead, state=MemberState.CONFIRMED, claim__status=status)
    for member in members.order_by("claim_id").select_related("claim__category", "claim__student__person"):
        assert member.claim is not None  # noqa: S101 - filtered by its status; narrows the type
        mate = lock(member.claim)
        before, from_state = mate.trail_facts(), state_of(mate)
        mirror(lead, mate, member)
        if (mate.trail_facts(), state_of(mate)) == (before, from_state):
            continue  # one score of several: the result, and the mates with it, comes with the last
        mate.revision += 1
        mate.save()
        if mate.status == Status.RECOGNISED and status != Status.RECOGNISED:
            count(mate, mate.recognised_points or ZERO, actor)
        write_event(
            mate.EVENT,
            verb,
            actor,
            role=step.role,
            from_state=from_state,
            to_state=state_of(mate),
            reason=step.reason,
            changes=(before, mate.trail_facts()),
            subject=mate,
        )
        if mate.status in TOLD and mate.status != status:
            tell_student(mate, actor, reason=step.reason, held=verb in DECISIONS)
