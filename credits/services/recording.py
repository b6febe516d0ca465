"""What an office records itself: recognised achievements, one by one or by the workbook, and taking them back.

Many rows are written together, with the invariants of one: each has its claim, its event, its lot, its award and its
notice, all in one transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from credits.enums import Channel, EntryKind
from credits.models import Claim, ClaimEvent, LedgerEntry, Lot
from credits.notices import tell_students
from credits.rules import can_record, holds_office
from credits.services.ledger import open_lots
from portal.enums import Role, Status
from portal.points import ZERO, as_points
from portal.trail import draft_event, write_events
from portal.workflow import NotAllowed, lock_all

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from decimal import Decimal

    from credits.evaluation import Evaluation
    from credits.models import Category, SchemeVersion
    from portal.models import Person, Student

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Record:
    """One achievement as an office records it; ``evaluation`` is what the rules made of the facts."""

    student: Student
    category: Category
    academic_year: str
    content: str
    points: Decimal
    facts: dict[str, Any] = field(default_factory=dict)
    evaluation: Evaluation | None = None
    reason: str = ""


class PointsInUse(Exception):  # noqa: N818 - the sentence people read
    """Some of the lots are held by or consumed in a conversion; nothing was changed."""

    def __init__(self, claims: Sequence[int]) -> None:
        super().__init__(f"{len(claims)} claims are used by conversions")
        self.claims = claims


def record_claim(record: Record, version: SchemeVersion, actor: Person) -> Claim:
    """Record one recognised achievement of an office's category and award its points."""
    return record_claims([(record, version)], actor)[0]


def record_claims(rows: Sequence[tuple[Record, SchemeVersion]], actor: Person) -> list[Claim]:
    """Record recognised achievements: each becomes one claim with one event, one lot, one award and one notice.

    All of them or none. Raises ``NotAllowed`` when the person may not record one of the categories. The records carry
    their students with the people, so that no row costs a query.
    """
    roles = _recording_roles({record.category.pk: record.category for record, _version in rows}, actor)
    now = timezone.now()
    with transaction.atomic():
        claims = [_claim(record, version, now) for record, version in rows]
        Claim.objects.bulk_create(claims, batch_size=BATCH)
        open_lots([(claim, claim.recognised_points or ZERO, actor) for claim in claims])
        write_events(ClaimEvent, [_recorded(claim, actor, roles[claim.category_id]) for claim in claims])
        tell_students(claims, actor)
    return claims


def revoke_claims(ids: Collection[int], actor: Person, *, reason: str) -> int:
    """Cancel recognitions together and return how many; what is no longer recognised is left alone.

    Raises ``NotAllowed`` when one of them is not the person's to take back, then ``PointsInUse`` while any point of any
    of them is held or consumed, both before anything is changed. Locks claims before lots, like the single verb.
    """
    with transaction.atomic():
        wanted = Claim.objects.filter(pk__in=ids, status=Status.RECOGNISED)
        claims = list(lock_all(wanted.select_related("student__person", "category__scheme", "scheme")))
        roles = _revoking_roles({claim.category_id: claim.category for claim in claims}, actor)
        lots = list(Lot.objects.select_for_update(of=("self",)).filter(claim__in=claims).order_by("pk"))
        used = [lot.claim_id for lot in lots if lot.held or lot.consumed]
        if used:
            raise PointsInUse(used)
        _take_back(lots, actor)
        events = [_revoked(claim, actor, roles[claim.category_id], reason) for claim in claims]
        _close(claims)
        write_events(ClaimEvent, events)
        tell_students(claims, actor, reason=reason)
    return len(claims)


def _recording_roles(categories: dict[int, Category], actor: Person) -> dict[int, str]:
    """Return as what the person records each category; raises ``NotAllowed``."""
    verdicts = {pk: can_record(actor, category) for pk, category in categories.items()}
    for verdict in verdicts.values():
        if not verdict:
            raise NotAllowed(verdict)
    return {pk: verdict.role for pk, verdict in verdicts.items()}


def _revoking_roles(categories: dict[int, Category], actor: Person) -> dict[int, str]:
    """Return as what the person takes back: the office anything of its scheme, a unit what it records itself."""
    as_office = {pk: Role.OFFICE.value for pk, row in categories.items() if holds_office(actor, row.scheme)}
    others = {pk: row for pk, row in categories.items() if pk not in as_office}
    return as_office | _recording_roles(others, actor)


def _claim(record: Record, version: SchemeVersion, now: Any) -> Claim:
    points = as_points(record.points)
    result = record.evaluation
    return Claim(
        scheme_id=version.scheme_id,
        scheme_version=version,
        category=record.category,
        channel=Channel.OFFICE,
        academic_year=record.academic_year,
        student=record.student,
        college_id=record.student.college_id,
        cohort=record.student.cohort,
        content=record.content,
        facts=record.facts,
        claimed_points=points,
        suggested_points=result.points if result else None,
        trace=result.as_json() if result else {},
        recognised_points=points,
        recognised_reason=record.reason,
        status=Status.RECOGNISED,
        submitted_at=now,
        decided_at=now,
    )


def _take_back(lots: Sequence[Lot], actor: Person) -> None:
    """Book the revocation of locked lots."""
    entries = [_entry(lot, EntryKind.REVOKE, lot.recognised, actor) for lot in lots if lot.recognised > ZERO]
    LedgerEntry.objects.bulk_create(entries, batch_size=BATCH)
    for start in range(0, len(lots), BATCH):
        Lot.objects.filter(pk__in=[lot.pk for lot in lots[start : start + BATCH]]).update(recognised=ZERO)


def _entry(lot: Lot, kind: EntryKind, points: Decimal, actor: Person) -> LedgerEntry:
    key, claim = f"{kind.value}:{lot.claim_id}", f"claim:{lot.claim_id}"
    return LedgerEntry(lot=lot, kind=kind, points=points, actor=actor, key=key, reference=claim)


def _recorded(claim: Claim, actor: Person, role: str) -> Any:
    facts = {**claim.trail_facts(), "awarded": str(claim.recognised_points)}
    return draft_event(
        ClaimEvent,
        "record",
        actor,
        role=role,
        to_state=Status.RECOGNISED,
        reason=claim.recognised_reason,
        changes=({}, facts),
        subject=claim,
    )


def _close(claims: Sequence[Claim]) -> None:
    """Put the locked claims into their last state, the objects like the rows."""
    now = timezone.now()
    facts = {"status": Status.REVOKED, "stage": "", "decided_at": now}
    for start in range(0, len(claims), BATCH):
        part = Claim.objects.filter(pk__in=[claim.pk for claim in claims[start : start + BATCH]])
        part.update(**facts, revision=F("revision") + 1)
    for claim in claims:
        claim.status, claim.stage, claim.decided_at = Status.REVOKED, "", now
        claim.revision += 1


def _revoked(claim: Claim, actor: Person, role: str, reason: str) -> Any:
    return draft_event(
        ClaimEvent,
        "revoke",
        actor,
        role=role,
        from_state=Status.RECOGNISED,
        to_state=Status.REVOKED,
        reason=reason,
        subject=claim,
    )
