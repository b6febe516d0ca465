"""Which rows go out: what the filters show and what waits for the person; and which come back for another try."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from credits.rules import can_review
from review.desk.queues import ClaimQueue
from review.desk.reviewing import STUDENT, claims_to_review
from review.filters import WAITING
from review.roundtrip.comparing import ALL, NONE, REFUSED
from review.roundtrip.sheet import MOST, decisions
from review.roundtrip.writing import Lost, SheetLine

if TYPE_CHECKING:
    from credits.models import Claim
    from portal.models import Person
    from portal.requests import SignedInRequest
    from review.models import DecisionSheet


def waiting_queue(request: SignedInRequest) -> ClaimQueue:
    """Return the queue of what waits for the person, narrowed as the address says."""
    return ClaimQueue(request, show=WAITING)


def waiting_claims(queue: ClaimQueue) -> tuple[list[Claim], bool]:
    """Return the first claims of the queue that can be decided now, and whether one workbook leaves some out."""
    related = queue.listing.queryset.select_related(*STUDENT, "category", "round").prefetch_related("round__windows")
    rows = list(related[: MOST + 1])
    return [row for row in rows[:MOST] if can_review(queue.person, row)], len(rows) > MOST


def refused_rows(sheet: DecisionSheet, person: Person) -> tuple[list[SheetLine], list[Lost]]:
    """Return the refused rows that can be decided anew, with what was typed as far as it holds, and the others."""
    labels = {str(verb): label for label, verb in decisions().items()}
    refused = [line for line in sheet.lines if line["outcome"] == REFUSED]
    claims = claims_to_review(person).in_bulk([line["claim"] for line in refused if line["claim"]])
    again: dict[int, SheetLine] = {}
    lost = []
    for line in refused:
        claim = claims.get(line["claim"])
        if claim is not None and can_review(person, claim):
            again.setdefault(claim.pk, SheetLine(claim, **_typed(line, labels), why=line["why"]))
        else:
            lost.append(Lost(line["row"], line["label"], line["why"]))
    return list(again.values()), lost


def _typed(line: dict[str, Any], labels: dict[str, str]) -> dict[str, str]:
    if line["keeps"] == NONE:
        return {}
    decision = labels.get(line["verb"], "") if line["keeps"] == ALL else ""
    return {"decision": decision, "points": line["points"], "reason": line["reason"]}
