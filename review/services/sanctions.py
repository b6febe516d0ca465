"""What the office decides after a finding of fraud: the finding as it was previewed, and each conversion it fed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from conversion.models import Application
from conversion.services.decisions import revoke_application, strike_application
from credits.enums import AppealState
from credits.models import Lot, Sanction
from credits.rules import can_answer_appeal
from credits.services.decisions import require_reason
from credits.services.ledger import lock_lots
from credits.services.sanctions import KIND, Finding, sanction_claim
from portal.enums import Status
from portal.models import Event
from portal.trail import record
from portal.workflow import NotAllowed, StaleRecord, StaleSubject, lock
from review.office.sanction_effects import effects_of

if TYPE_CHECKING:
    import datetime

    from credits.models import Claim
    from portal.models import Person

KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Kept:
    """That a conversion stands although an item that fed it was cancelled: who decided so, when and why."""

    by: str
    at: datetime.datetime
    reason: str


def decide_sanction(claim: Claim, actor: Person, finding: Finding, *, revision: int | None, seen: str) -> Sanction:
    """Cancel the claim exactly as it was confirmed; raises ``ValidationError`` keyed ``seen`` when that has changed.

    Lots are locked before they are read again, so that no conversion is handed in between the look and the deed.
    """
    with transaction.atomic():
        row = lock(claim)
        lock_lots(Lot.objects.filter(claim=row).values_list("pk", flat=True))
        if effects_of(row).digest != seen:
            raise ValidationError({"seen": _("情况刚刚有变化，请按下面的最新情况重新核对。")})
        return sanction_claim(claim, actor, finding, revision=revision)


def keep_conversion(row: Sanction, application: Application, actor: Person, *, reason: str, revision: int) -> None:
    """Let a conversion stand although the finding took an item that fed it; the decision is on record.

    Raises ``StaleSubject`` when the conversion has moved on, ``StaleRecord`` when that was decided already.
    """
    require_reason(reason)
    with transaction.atomic():
        held = _locked(row, actor)
        present = lock(application)
        if present.revision != revision or present.status != Status.RECOGNISED:
            raise StaleSubject(present)
        if application.pk in kept_conversions(held):
            raise StaleRecord(KIND, held.pk, reverse("review:sanction", args=[held.pk]))
        facts = {"application": application.pk, "course": application.course.name}
        role = can_answer_appeal(actor, held).role
        changes: tuple[dict[str, Any], dict[str, Any]] = ({}, facts)
        record(
            KEEP,
            actor,
            kind=KIND,
            key=held.pk,
            label=str(held),
            role=role,
            scheme=held.scheme.code,
            reason=reason.strip(),
            changes=changes,
        )


def undo_conversion(row: Sanction, application: Application, actor: Person, *, reason: str, revision: int) -> None:
    """Take a conversion back that the cancelled item fed: what is done is revoked, what is publicised is struck.

    What comes back to the cancelled record is revoked at once. Raises ``StaleSubject`` for what is still reviewed: its
    reviewers return or refuse it.
    """
    with transaction.atomic():
        _locked(row, actor)
        undo = strike_application if application.status == Status.PUBLICITY else revoke_application
        undo(application, actor, reason=reason, revision=revision)


def kept_conversions(row: Sanction) -> dict[int, Kept]:
    """Return the conversions that stand by decision, by their keys; one query."""
    events = Event.objects.filter(subject_kind=KIND, subject_key=str(row.pk), verb=KEEP).order_by("pk")
    return {event.after["application"]: Kept(event.signed_name, event.at, event.reason) for event in events}


def _locked(row: Sanction, actor: Person) -> Sanction:
    """Return the sanction, locked; raises ``NotAllowed``, and ``StaleRecord`` once an upheld appeal has lifted it."""
    held: Sanction = Sanction.objects.select_for_update(of=("self",)).select_related("scheme", "student").get(pk=row.pk)
    verdict = can_answer_appeal(actor, held)
    if not verdict:
        raise NotAllowed(verdict)
    if held.appeal_state == AppealState.UPHELD:
        raise StaleRecord(KIND, held.pk, reverse("review:sanction", args=[held.pk]))
    return held
