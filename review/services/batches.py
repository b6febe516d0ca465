"""Decides many claims in one action, and takes the whole action back while nothing depends on it.

Up to ``MOST`` rows are decided at once: all of them, or none. More are checked at once, too, and nothing begins with an
offender among them; then a job decides them part by part. Each part is one transaction, so a worker that is killed goes
on where it was; a row that somebody else decided meanwhile is named in the result, and the others stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from credits.models import Claim
from credits.rules import can_take_back
from credits.services.ledger import NotEnoughPoints
from credits.services.reversing import Before, take_back
from portal.jobs import enqueue
from portal.together import together
from portal.verdict import Verdict
from portal.workflow import NotAllowed, StaleSubject, lock_all
from review.desk.batches import MOST, BatchRefused, Row, Wanted, plan
from review.desk.reviewing import STUDENT
from review.desk.undoing import obstacles
from review.models import EACH, DecisionBatch, DecisionRow, RowState
from review.services.deciding import decide_claim

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal
    from uuid import UUID

    from portal.models import Person

PART = 100  # rows in one transaction of the job
KIND = "decide_batch"


@dataclass(frozen=True, slots=True)
class Decision:
    """What one row of a batch is to become: the verb and its words.

    ``points`` are somebody's own for this row; None leaves the number on the table. ``looked`` says that somebody saw
    the row's doubt and decided all the same.
    """

    wanted: Wanted
    verb: str
    words: str = ""
    points: Decimal | None = None
    looked: bool = False


def carry_out(
    person: Person, verb: str, wanted: list[Wanted], reason: str = "", *, left_out: list[Wanted] | None = None
) -> UUID:
    """Approve or return all rows, one verb each, and return the number under which the result stands.

    ``left_out`` are the rows that the preview said it would leave; they stand in the result with the reason. Raises
    ``BatchRefused`` naming every offender when a single row is foreign, stale, in another state, or may not be approved
    without a look: then nothing was changed.
    """
    if verb == "return" and not reason.strip():
        raise ValidationError({"reason": _("请填写理由，学生会看到它。")})
    with transaction.atomic():
        if len(wanted) > MOST:
            batch = _queue(person, verb, wanted, reason)
        else:
            done = _decide_all(person, [Decision(one, verb, reason) for one in wanted])
            batch = DecisionBatch.objects.create(person=person, verb=verb, reason=reason)
            DecisionRow.objects.bulk_create([_row(batch, *one) for one in enumerate(done)])
        _note_left_out(batch, left_out or [], len(wanted))
    return batch.number


def decide_each(person: Person, decisions: list[Decision], *, left_out: list[Wanted] | None = None) -> UUID:
    """Carry out each row's own verb and return the number under which the result stands.

    All of them, or none: raises ``BatchRefused`` naming every offender like ``carry_out``, with ``ValidationError``'s
    sentence for points or reasons that a verb does not take.
    """
    with transaction.atomic():
        done = _decide_all(person, decisions)
        batch = DecisionBatch.objects.create(person=person, verb=EACH)
        DecisionRow.objects.bulk_create([_row(batch, *one) for one in enumerate(done)])
        _note_left_out(batch, left_out or [], len(decisions))
    return batch.number


def decide_part(batch: DecisionBatch) -> int:
    """Decide the next rows of a queued batch and return how many; 0 when nothing waits any more.

    A row that cannot be decided is marked with the reason. Two workers never take the same rows.
    """
    with transaction.atomic():
        locked = DecisionBatch.objects.select_for_update(of=("self",)).select_related("person").get(pk=batch.pk)
        if locked.undone_at is not None:
            return 0
        rows = list(locked.rows.filter(state=RowState.WAITING).order_by("position")[:PART])
        refused: dict[int, str] = {}
        while True:
            wanted = [Wanted(row.claim_id, row.revision) for row in rows if row.claim_id not in refused]
            decisions = [Decision(one, locked.verb, locked.reason) for one in wanted]
            try:
                with transaction.atomic():
                    done = _decide_all(locked.person, decisions)
                break
            except BatchRefused as error:
                refused |= error.reasons
        _keep(rows, {one.row.wanted.pk: one for one in done}, refused)
    return len(rows)


def can_undo_batch(person: Person, batch: DecisionBatch) -> Verdict:
    """Whether the person may take the whole batch back: the one who decided, once, when no job works on it."""
    if batch.person_id != person.pk:
        return Verdict.no(_("只有处理人可以撤回。"))
    if batch.undone_at is not None:
        return Verdict.no(_("这次批量处理已经撤回。"))
    if batch.is_running:
        return Verdict.no(_("正在处理，完成后才能撤回。"))
    if not batch.rows.filter(state=RowState.DONE).exists():
        return Verdict.no(_("没有已处理的申报可以撤回。"))
    return Verdict.yes()


def undo_batch(batch: DecisionBatch, actor: Person) -> int:
    """Put all claims of a batch back where they stood and return how many.

    However long ago it was, but all or none: raises ``BatchRefused`` naming every claim after which something came
    (a later decision, an amendment, a publicity list, used points), ``NotAllowed`` when it is not the person's to undo.
    """
    with transaction.atomic():
        batch = DecisionBatch.objects.select_for_update(of=("self",)).select_related("job").get(pk=batch.pk)
        if not (verdict := can_undo_batch(actor, batch)):
            raise NotAllowed(verdict)
        rows = list(batch.rows.filter(state=RowState.DONE).order_by("position"))
        claims = _locked(rows)
        if offenders := obstacles(batch, rows, claims):
            raise BatchRefused(offenders)
        with together(claims.values()):
            if offenders := [found for row in rows if (found := _undo(row, claims[row.claim_id], actor))]:
                raise BatchRefused(offenders)
        batch.undone_at = timezone.now()
        batch.save(update_fields=["undone_at"])
    return len(rows)


def _queue(person: Person, verb: str, wanted: list[Wanted], reason: str) -> DecisionBatch:
    """Check every row, then leave them to the job."""
    rows = plan(person, wanted).rows
    offenders = [found for row in rows if (found := _offence(row, Decision(row.wanted, verb, reason)))]
    if offenders:
        raise BatchRefused(offenders)
    batch = DecisionBatch.objects.create(person=person, verb=verb, reason=reason)
    batch.rows.bulk_create(
        [DecisionRow(batch=batch, claim_id=one.pk, position=n, revision=one.revision) for n, one in enumerate(wanted)]
    )
    batch.job = enqueue(KIND, person, batch=batch.pk)
    batch.save(update_fields=["job"])
    return batch


@dataclass(frozen=True, slots=True)
class _Done:
    """One row that was carried out: what was decided, what it says now, and what stood there before."""

    row: Row
    decision: Decision
    before: Before

    @property
    def points(self) -> Decimal | None:
        """Return what was recognised."""
        if self.decision.verb != "approve" or not self.row.gives_points:
            return None
        return self.row.points if self.decision.points is None else self.decision.points


def _decide_all(person: Person, decisions: list[Decision]) -> list[_Done]:
    """Carry out every row in the caller's transaction; raises ``BatchRefused`` and expects its end."""
    rows = plan(person, [one.wanted for one in decisions], locked=True).rows
    asked = list(zip(rows, decisions, strict=True))
    offenders = [found for row, decision in asked if (found := _offence(row, decision))]
    if offenders:
        raise BatchRefused(offenders)
    done = [_Done(row, decision, Before.of(row.claim)) for row, decision in asked if row.claim is not None]
    with together(one.row.claim for one in done if one.row.claim is not None):
        offenders = [(one.row.label, problem, one.row.wanted.pk) for one in done if (problem := _act(person, one))]
        if offenders:
            raise BatchRefused(offenders)
    return done


def _offence(row: Row, decision: Decision) -> tuple[str, str, int] | None:
    """Name a row that cannot be carried out, and say why."""
    problem = row.fault or (row.doubt if decision.verb == "approve" and not decision.looked else "")
    return (row.label, problem, row.wanted.pk) if problem else None


def _act(person: Person, one: _Done) -> str:
    """Carry out one row; return what was wrong."""
    claim, decision = one.row.claim, one.decision
    assert claim is not None  # noqa: S101 - a row without a claim has a fault; narrows the type
    revision = decision.wanted.revision
    try:
        decide_claim(claim, person, decision.verb, words=decision.words, points=one.points, revision=revision)
    except StaleSubject:
        return _("刚刚有人处理了这条申报。")
    except NotAllowed as refused:
        return str(refused.verdict.reason)
    except ValidationError as error:
        return "".join(error.messages)
    return ""


def _row(batch: DecisionBatch, position: int, done: _Done) -> DecisionRow:
    """Put down what became of one row."""
    decision = done.decision
    own = {"verb": decision.verb, "reason": decision.words} if batch.verb == EACH else {}
    return DecisionRow(
        batch=batch,
        claim_id=decision.wanted.pk,
        position=position,
        revision=decision.wanted.revision,
        state=RowState.DONE,
        points=done.points,
        before=done.before.as_json(),
        **own,
    )


def _keep(rows: list[DecisionRow], done: dict[int, _Done], refused: dict[int, str]) -> None:
    """Write what became of each row of a part."""
    for row in rows:
        if row.claim_id in refused:
            row.state, row.why = RowState.REFUSED, refused[row.claim_id][:300]
            continue
        told = _row(row.batch, row.position, done[row.claim_id])
        row.state, row.points, row.before = told.state, told.points, told.before
    DecisionRow.objects.bulk_update(rows, ["state", "why", "points", "before"])


def _note_left_out(batch: DecisionBatch, wanted: list[Wanted], position: int) -> None:
    """Put down which rows of the preview were left out, and why; what the person may not see is no row."""
    rows = [row for row in plan(batch.person, wanted).rows if row.claim is not None] if wanted else []
    known = set(batch.rows.values_list("claim_id", flat=True)) if rows else set()
    left = [row for row in rows if row.wanted.pk not in known]
    DecisionRow.objects.bulk_create(
        DecisionRow(
            batch=batch,
            claim_id=row.wanted.pk,
            position=position + number,
            revision=row.wanted.revision,
            state=RowState.SKIPPED,
            why=(row.fault or row.doubt)[:300],
        )
        for number, row in enumerate(left)
    )


def _locked(rows: Iterable[DecisionRow]) -> dict[int, Claim]:
    """Lock the claims of the rows in the order of their keys."""
    claims = Claim.objects.filter(pk__in=[row.claim_id for row in rows]).select_related(*STUDENT, "category")
    return {claim.pk: claim for claim in lock_all(claims)}


def _undo(row: DecisionRow, claim: Claim, actor: Person) -> tuple[str, str] | None:
    """Take one decision back; return the claim's name and what was wrong."""
    before = Before(**row.before)
    may = partial(_may_undo, before.stage)
    label = f"{claim.student.person.name} · {claim.content}"
    try:
        take_back(claim, actor, before, reason=_("撤回批量处理"), revision=row.revision + 1, may=may)
    except StaleSubject:
        return label, _("之后又有新的处理。")
    except NotAllowed as refused:
        return label, str(refused.verdict.reason)
    except NotEnoughPoints:
        return label, _("该积分已被转换申请占用或使用，请先处理相关转换申请。")
    return None


def _may_undo(stage: str, actor: Person, claim: Claim) -> Verdict:
    return can_take_back(actor, claim, stage)
