"""What happens on the items of a sitting committee: recusal, vote, decision, and one press for what nobody disputes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from credits.services.decisions import refuse_claim, return_claim
from credits.services.judging import confirm_claim
from portal.enums import Role
from portal.points import as_points
from portal.trail import current_origin
from portal.workflow import NotAllowed, StaleSubject
from review.committee.bench import bench_of
from review.committee.rules import can_decide, can_enter, can_keep_meetings, can_sit, can_vote
from review.committee.unanimous import wanted_rows
from review.desk.batches import BatchRefused
from review.models import AgendaItem, Ballot, ItemOutcome, MeetingState, Vote
from review.services.meetings import MeetingMoved, allow, in_meeting, note

if TYPE_CHECKING:
    from uuid import UUID

    from portal.models import Person
    from review.committee.bench import Bench
    from review.committee.unanimous import Row
    from review.desk.batches import Wanted
    from review.models import Meeting


@dataclass(frozen=True, slots=True)
class Decision:
    """What the committee decided on one item; ``score`` None lets the experts' result stand."""

    outcome: str
    reason: str = ""
    score: Decimal | None = None
    beyond: bool = False


def cast_vote(item: AgendaItem, actor: Person, ballot: str, *, member: Person | None = None) -> Vote:
    """Vote on an item, or, as the office, enter the vote of a member who is present; until the decision it may change.

    Raises ``MeetingMoved`` when the item is decided or the meeting over, then ``NotAllowed``.
    """
    if ballot not in Ballot.values:
        raise ValidationError({"ballot": _("请选择同意、不同意或弃权。")})
    with in_meeting(item.meeting, MeetingState.OPEN) as meeting:
        bench, voter = _open_bench(meeting, item), member or actor
        allow(can_vote(voter, bench))
        role = _role(actor, voter, meeting)
        return _keep(bench, voter, actor, role, verb="vote", ballot=ballot)


def recuse(item: AgendaItem, actor: Person, reason: str, *, member: Person | None = None) -> Vote:
    """Keep a member out of an item, with the reason; a vote that was cast is gone. Raises like ``cast_vote``."""
    if not reason.strip():
        raise ValidationError({"reason": _("请写明回避的理由。")})
    with in_meeting(item.meeting, MeetingState.OPEN) as meeting:
        bench, voter = _open_bench(meeting, item), member or actor
        allow(can_sit(voter, bench))
        role = _role(actor, voter, meeting)
        return _keep(bench, voter, actor, role, verb="recuse", recused=True, reason=reason.strip()[:200])


def decide_item(item: AgendaItem, actor: Person, decision: Decision, *, revision: int | None) -> AgendaItem:
    """Enter the committee's decision in the chair's name: on the item, and by its own verb on the claim.

    A recognition needs a quorum and more votes for it than against, a refusal more against than for, a return to the
    student a quorum; deferring needs neither. Raises ``MeetingMoved``, ``NotAllowed``, ``ValidationError`` by field,
    and ``StaleSubject`` when the claim has moved on since the page was shown.
    """
    with in_meeting(item.meeting, MeetingState.OPEN) as meeting:
        bench = _open_bench(meeting, item)
        allow(can_decide(actor, bench))
        if problem := _problem(bench, decision):
            raise ValidationError(problem)
        _note_conflicts(bench, actor)
        _act(bench, actor, decision, revision)
    item.refresh_from_db()
    return item


def confirm_unanimously(meeting: Meeting, actor: Person, wanted: list[Wanted]) -> UUID | str:
    """Confirm what the experts found on all of these items, with the vote of everybody present; all of them or none.

    Returns the number under which the result stands. Raises ``BatchRefused`` naming every item that needs a look of its
    own, is decided, foreign or changed since: then nothing was changed.
    """
    with in_meeting(meeting, MeetingState.OPEN) as row:
        allow(can_keep_meetings(actor, row.scheme))
        rows = wanted_rows(row, wanted)
        told = [(one.label, one.fault or one.doubt or _confirm(one, actor)) for one in rows]
        offenders = [(name, problem) for name, problem in told if problem]
        if offenders or not rows:
            raise BatchRefused(offenders)
    return current_origin().request_id


def _open_bench(meeting: Meeting, item: AgendaItem) -> Bench:
    """Return who sits on the item as it stands under the meeting's lock; raises ``MeetingMoved`` once it is decided."""
    row = AgendaItem.objects.with_claims().get(pk=item.pk)
    row.meeting = meeting
    if row.outcome != ItemOutcome.PENDING:
        text = _("该议题已有结果：%(outcome)s。") % {"outcome": row.get_outcome_display()}
        raise MeetingMoved(text, meeting, None if row.outcome == ItemOutcome.DEFERRED else row.claim)
    return bench_of(row)


def _role(actor: Person, voter: Person, meeting: Meeting) -> str:
    """Return as what the actor enters the vote: the own one, or as the office another's."""
    if actor.pk == voter.pk:
        return Role.COMMITTEE
    verdict = can_keep_meetings(actor, meeting.scheme)
    allow(verdict)
    return verdict.role


def _keep(bench: Bench, voter: Person, actor: Person, role: str, *, verb: str, **facts: Any) -> Vote:
    seat = bench.seat_of(voter.pk)
    before = seat.vote.ballot if seat is not None and seat.vote is not None else ""
    said = {"ballot": "", "recused": False, "reason": "", **facts, "cast_at": timezone.now(), "recorded_by": actor}
    vote, _new = Vote.objects.update_or_create(item=bench.item, person=voter, defaults=said)
    about = {"item": bench.item.pk, "claim": bench.item.claim_id, "person": voter.number}
    after = {**about, "ballot": vote.ballot, "reason": vote.reason}
    note(verb, bench.item.meeting, actor, before={"ballot": before}, after=after, role=role)
    return vote


def _problem(bench: Bench, decision: Decision) -> dict[str, str]:
    """Return why the decision cannot be taken, by field; empty when it can."""
    if decision.outcome not in ItemOutcome.values or decision.outcome == ItemOutcome.PENDING:
        return {"verb": _("请选择决定。")}
    if decision.outcome == ItemOutcome.DEFERRED:
        return {} if decision.reason.strip() else {"reason": _("请写明暂缓的理由。")}
    tally = bench.tally
    if decision.outcome == ItemOutcome.RETURNED:
        found = tally.quorum_problem()
    else:
        found = tally.problem(recognises=decision.outcome == ItemOutcome.CONFIRMED)
    return {"verb": found} if found else {}


def _note_conflicts(bench: Bench, actor: Person) -> None:
    """Write down who of those present did not judge the item because of a conflict that the portal knows."""
    for seat in bench.seats:
        if seat.present and seat.conflict and not (seat.vote is not None and seat.vote.recused):
            facts = {"ballot": "", "recused": True, "reason": seat.conflict[:200], "cast_at": timezone.now()}
            Vote.objects.update_or_create(item=bench.item, person=seat.person, defaults={**facts, "recorded_by": actor})


def _act(bench: Bench, actor: Person, decision: Decision, revision: int | None) -> None:
    """Carry the decision out on the claim, and write it on the item."""
    item, claim, reason = bench.item, bench.item.claim, decision.reason.strip()
    if decision.outcome == ItemOutcome.CONFIRMED:
        score, beyond = decision.score, decision.beyond
        confirm_claim(claim, actor, score=score, reason=reason, beyond=beyond, revision=revision, may=can_enter)
    elif decision.outcome == ItemOutcome.REFUSED:
        refuse_claim(claim, actor, reason=reason, revision=revision, may=can_enter)
    elif decision.outcome == ItemOutcome.RETURNED:
        return_claim(claim, actor, reason=reason, revision=revision, may=can_enter)
    else:
        note("defer", item.meeting, actor, after={"item": item.pk, "claim": claim.pk, "reason": reason})
    _settle(item, decision.outcome, reason=reason, beyond=decision.beyond)


def _settle(item: AgendaItem, outcome: str, *, reason: str = "", beyond: bool = False) -> None:
    item.outcome, item.reason, item.decided_at = outcome, reason, timezone.now()
    if outcome == ItemOutcome.CONFIRMED:
        claim = item.claim
        item.score = as_points(claim.facts["score"]) if "score" in claim.facts else claim.recognised_points
        item.beyond = beyond
    item.save()


def _confirm(row: Row, actor: Person) -> str:
    """Confirm one item in a savepoint, everybody present in favour; return what was wrong."""
    bench = row.bench
    assert bench is not None  # noqa: S101 - a row without an item has a fault; narrows the type
    if problem := bench.tally.quorum_problem():
        return problem
    now = timezone.now()
    missing = [seat.person for seat in bench.voting if not seat.ballot]
    try:
        with transaction.atomic():
            Vote.objects.bulk_create(
                Vote(item=bench.item, person=person, ballot=Ballot.FOR, cast_at=now, recorded_by=actor)
                for person in missing
            )
            confirm_claim(bench.item.claim, actor, revision=row.revision, may=can_enter)
            _settle(bench.item, ItemOutcome.CONFIRMED)
    except StaleSubject:
        return _("刚刚有人处理了这条申报。")
    except NotAllowed as refused:
        return str(refused.verdict.reason)
    except ValidationError as error:
        return "".join(error.messages)
    return ""
