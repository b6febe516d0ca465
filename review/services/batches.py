"""Decides many claims in one action, and takes the whole action back while nothing depends on it.

Up to ``MOST`` rows are decided at once: all of them, or none. More are checked at once, too, and nothing begins with an
offender among them; then a job decides them part by part. Each part is one transaction, so a worker that is killed goes
on where it was; a row that somebody else decided meanwhile is named in the result, and the others stand.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from credits.models import Claim
from credits.rules import can_take_back
from credits.services.decisions import approve_claim, endorse_claim, return_claim
from credits.services.ledger import NotEnoughPoints
from credits.services.reversing import Before, take_back
from portal.jobs import enqueue
from portal.together import together
from portal.verdict import Verdict
from portal.workflow import NotAllowed, StaleSubject, lock_all
from review.desk.batches import MOST, BatchRefused, Row, Wanted, plan
from review.desk.reviewing import STUDENT
from review.desk.undoing import obstacles
from review.models import DecisionBatch, DecisionRow, RowState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from portal.models import Person

PART = 100  # rows in one transaction of the job
KIND = "decide_batch"


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
            done = _decide_all(person, verb, wanted, reason)
            batch = DecisionBatch.objects.create(person=person, verb=verb, reason=reason)
            DecisionRow.objects.bulk_create([_row(batch, *one) for one in enumerate(done)])
        _note_left_out(batch, left_out or [], len(wanted))
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
            try:
                with transaction.atomic():
                    done = _decide_all(locked.person, locked.verb, wanted, locked.reason)
                break
            except BatchRefused as error:
                refused |= error.reasons
        _keep(rows, {row.wanted.pk: (row, before) for row, before in done}, refused)
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
    offenders = [found for row in plan(person, wanted).rows if (found := _offence(row, verb))]
    if offenders:
        raise BatchRefused(offenders)
    batch = DecisionBatch.objects.create(person=person, verb=verb, reason=reason)
    batch.rows.bulk_create(
        [DecisionRow(batch=batch, claim_id=one.pk, position=n, revision=one.revision) for n, one in enumerate(wanted)]
    )
    batch.job = enqueue(KIND, person, batch=batch.pk)
    batch.save(update_fields=["job"])
    return batch


def _decide_all(person: Person, verb: str, wanted: list[Wanted], reason: str) -> list[tuple[Row, Before]]:
    """Carry the verb out on every row, in the caller's transaction; raises ``BatchRefused`` and expects its end."""
    rows = plan(person, wanted, locked=True).rows
    offenders = [found for row in rows if (found := _offence(row, verb))]
    if offenders:
        raise BatchRefused(offenders)
    done = [(row, Before.of(row.claim)) for row in rows if row.claim is not None]
    with together(row.claim for row, _before in done if row.claim is not None):
        offenders = [
            (row.label, problem, row.wanted.pk) for row, _was in done if (problem := _act(person, verb, row, reason))
        ]
        if offenders:
            raise BatchRefused(offenders)
    return done


def _offence(row: Row, verb: str) -> tuple[str, str, int] | None:
    """Name a row that cannot be carried out, and say why."""
    problem = row.fault or (row.doubt if verb == "approve" else "")
    return (row.label, problem, row.wanted.pk) if problem else None


def _act(person: Person, verb: str, row: Row, reason: str) -> str:
    """Carry out one row; return what was wrong."""
    claim, revision = row.claim, row.wanted.revision
    assert claim is not None  # noqa: S101 - a row without a claim has a fault; narrows the type
    try:
        if verb == "return":
            return_claim(claim, person, reason=reason, revision=revision)
        elif not row.gives_points:
            endorse_claim(claim, person, revision=revision)
        else:
            approve_claim(claim, person, points=row.points, revision=revision)
    except StaleSubject:
        return _("刚刚有人处理了这条申报。")
    except NotAllowed as refused:
        return str(refused.verdict.reason)
    except ValidationError as error:
        return "".join(error.messages)
    return ""


def _row(batch: DecisionBatch, position: int, done: tuple[Row, Before]) -> DecisionRow:
    """Put down what became of one row."""
    row, before = done
    return DecisionRow(
        batch=batch,
        claim_id=row.wanted.pk,
        position=position,
        revision=row.wanted.revision,
        state=RowState.DONE,
        points=row.points if row.gives_points and batch.verb == "approve" else None,
        before=before.as_json(),
    )


def _keep(rows: list[DecisionRow], done: dict[int, tuple[Row, Before]], refused: dict[int, str]) -> None:
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
