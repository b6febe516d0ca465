"""Books points on lots: the only place that changes a lot or appends a ledger entry.

Every booking locks the lot first and carries an idempotency key, so a job that is run again books nothing twice. The
CHECK constraints of the lot are the last word: overspending raises ``NotEnoughPoints``, whatever the caller believed.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from credits.enums import EntryKind
from credits.models import Claim, LedgerEntry, Lot
from portal.points import ZERO

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from portal.models import Person

    Award = tuple[Claim, Decimal, Person | None]  # who recognised how much of what


TOGETHER = 1000  # rows in one statement


class NotEnoughPoints(Exception):  # noqa: N818 - the sentence people read
    """A lot does not hold what was asked of it; nothing was booked."""

    def __init__(self, lot: Lot, wanted: Decimal) -> None:
        super().__init__(f"lot {lot.pk}: {wanted} wanted, {lot.usable} usable")
        self.lot = lot
        self.wanted = wanted


@dataclass(frozen=True, slots=True)
class Effect:
    """How one kind of entry moves the three columns, as signs."""

    recognised: int
    held: int
    consumed: int


EFFECTS = {
    EntryKind.AWARD: Effect(1, 0, 0),
    EntryKind.TOP_UP: Effect(1, 0, 0),
    EntryKind.HOLD: Effect(0, 1, 0),
    EntryKind.RELEASE: Effect(0, -1, 0),
    EntryKind.CONSUME: Effect(0, -1, 1),
    EntryKind.REFUND: Effect(0, 0, -1),
    EntryKind.REVOKE: Effect(-1, 0, 0),
}


def lock_lots(ids: Iterable[int]) -> dict[int, Lot]:
    """Return the lots by id, locked in the order of their keys, so that two applications never wait for each other."""
    rows = Lot.objects.select_for_update(of=("self",)).filter(pk__in=list(ids)).order_by("pk")
    return {row.pk: row for row in rows}


def book(lot: Lot, kind: str, points: Decimal, actor: Person | None, *, key: str, reference: str = "") -> LedgerEntry:
    """Book points on a locked lot and return the entry; a key booked before returns its entry and changes nothing.

    Raises ``NotEnoughPoints`` before anything is written when a column would fall below zero or the lot be overspent.
    """
    with transaction.atomic():
        known = LedgerEntry.objects.filter(key=key).first()
        if known is not None:
            return known
        effect = EFFECTS[EntryKind(kind)]
        recognised = lot.recognised + effect.recognised * points
        held = lot.held + effect.held * points
        consumed = lot.consumed + effect.consumed * points
        if min(recognised, held, consumed) < ZERO or held + consumed > recognised:
            raise NotEnoughPoints(lot, points)
        lot.recognised, lot.held, lot.consumed = recognised, held, consumed
        lot.save(update_fields=["recognised", "held", "consumed"])
        return LedgerEntry.objects.create(lot=lot, kind=kind, points=points, actor=actor, key=key, reference=reference)


def award(claim: Claim, points: Decimal, actor: Person | None, *, kind: EntryKind = EntryKind.AWARD) -> Lot:
    """Open the lot of a claim that was just recognised and book the award; in the caller's transaction.

    ``kind`` is TOP_UP where an earlier claim on the same project holds the rest.
    """
    lot, created = Lot.objects.get_or_create(
        claim=claim,
        defaults={
            "scheme_id": claim.scheme_id,
            "student_id": claim.student_id,
            "category_id": claim.category_id,
        },
    )
    undone = 0 if created else lot.entries.filter(key__startswith="undo:").count()
    if undone:  # the first award was taken back at once; a claim is awarded once, so this one tops it up
        book(lot, EntryKind.TOP_UP, points, actor, key=f"award:{claim.pk}:{undone}", reference=f"claim:{claim.pk}")
        return lot
    book(lot, kind, points, actor, key=f"award:{claim.pk}", reference=f"claim:{claim.pk}")
    return lot


def award_all(rows: Sequence[Award]) -> None:
    """Book the awards of claims that were just recognised together; in the caller's transaction."""
    ids = [claim.pk for claim, _points, _actor in rows]
    known = set(Lot.objects.filter(claim__in=ids).values_list("claim_id", flat=True))
    open_lots([row for row in rows if row[0].pk not in known])
    for claim, points, actor in rows:
        if claim.pk in known:  # recognised before, and undone
            award(claim, points, actor)


def open_lots(rows: Sequence[Award]) -> None:
    """Open the lots of claims that have none and book their awards, with a few statements for all.

    The keys are those of a single award, so nothing is ever awarded twice.
    """
    lots = [
        Lot(
            claim=claim,
            scheme_id=claim.scheme_id,
            student_id=claim.student_id,
            category_id=claim.category_id,
            recognised=points,
        )
        for claim, points, _actor in rows
    ]
    Lot.objects.bulk_create(lots, batch_size=TOGETHER)
    entries = [
        LedgerEntry(
            lot=lot,
            kind=EntryKind.AWARD,
            points=points,
            actor=actor,
            key=f"award:{claim.pk}",
            reference=f"claim:{claim.pk}",
        )
        for lot, (claim, points, actor) in zip(lots, rows, strict=True)
    ]
    LedgerEntry.objects.bulk_create(entries, batch_size=TOGETHER)


def undo_award(claim: Claim, actor: Person | None, *, revision: int) -> None:
    """Take back what a claim awarded because its recognition is undone; it can be awarded again.

    Raises ``NotEnoughPoints`` while any of it is held or consumed.
    """
    for lot in lock_lots(Lot.objects.filter(claim=claim).values_list("pk", flat=True)).values():
        if lot.recognised > ZERO:
            key = f"undo:{claim.pk}:{revision}"
            book(lot, EntryKind.REVOKE, lot.recognised, actor, key=key, reference=f"claim:{claim.pk}")


def revoke(claim: Claim, actor: Person | None) -> None:
    """Take back what a claim awarded; raises ``NotEnoughPoints`` while any of it is held or consumed."""
    for lot in lock_lots(Lot.objects.filter(claim=claim).values_list("pk", flat=True)).values():
        if lot.recognised > ZERO:  # nothing where a higher award of the same project has taken its place
            key = f"revoke:{claim.pk}"
            book(lot, EntryKind.REVOKE, lot.recognised, actor, key=key, reference=f"claim:{claim.pk}")


def cancel(claim: Claim, actor: Person | None) -> Decimal:
    """Take back after a finding of fraud what a claim awarded and nobody uses yet, and return what is still used.

    The lot gives nothing any more; what a conversion holds or has consumed waits for the office's decision and is
    revoked as soon as it comes back (``revoke_freed``).
    """
    used = ZERO
    for lot in lock_lots(Lot.objects.filter(claim=claim).values_list("pk", flat=True)).values():
        free = lot.recognised - lot.held - lot.consumed
        if free > ZERO:
            key = f"cancel:{claim.pk}"
            book(lot, EntryKind.REVOKE, free, actor, key=key, reference=f"claim:{claim.pk}")
        lot.cancelled = True
        lot.save(update_fields=["cancelled"])
        used += lot.held + lot.consumed
    return used


def revoke_freed(lot: Lot, actor: Person | None, *, key: str) -> None:
    """Revoke what has just come back to a cancelled lot; the lot is locked by the caller. Others are left alone."""
    free = lot.recognised - lot.held - lot.consumed
    if lot.cancelled and free > ZERO:
        book(lot, EntryKind.REVOKE, free, actor, key=key, reference=f"claim:{lot.claim_id}")
