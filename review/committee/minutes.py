"""The minutes (会议纪要): frozen as plain data when the meeting is closed, with a digest; printed from that alone."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from django.utils.timezone import localtime

from portal.language import kept_language
from portal.pdf import render_pdf
from portal.points import format_points
from review.committee.scores import scores_of
from review.committee.tally import quorum_of
from review.models import Ballot, ItemOutcome, Vote

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    from review.committee.scores import Scores
    from review.models import AgendaItem, Meeting

TEMPLATE = "review/committee/pdf/minutes.html"
STYLES = ("review/committee/pdf/minutes.css",)


def minutes_of(meeting: Meeting) -> dict[str, Any]:
    """Return everything that the minutes say, worded in the portal's language: nothing is looked up later."""
    called = list(meeting.attendances.select_related("person"))
    items = list(meeting.items.with_claims().order_by("position"))
    scores = scores_of([item.claim for item in items])
    votes = list(Vote.objects.filter(item__in=items).select_related("person").order_by("pk"))
    came = {vote.person_id for vote in votes if vote.ballot}
    with kept_language():
        return {
            "format": 1,
            "institution": meeting.scheme.institution,
            "scheme": meeting.scheme.name,
            "round": meeting.round.name if meeting.round else "",
            "title": meeting.title,
            "held_at": _moment(meeting.held_at),
            "closed_at": _moment(meeting.closed_at),
            "place": meeting.place,
            "note": meeting.note,
            "called": len(called),
            "quorum": quorum_of(len(called)),
            "chair": next((row.person.name for row in called if row.chairs), ""),
            "present": [row.person.name for row in called if row.present],
            "left": [row.person.name for row in called if not row.present and row.person_id in came],
            "absent": [row.person.name for row in called if not row.present and row.person_id not in came],
            "items": [
                _item(item, scores[item.claim_id], [vote for vote in votes if vote.item_id == item.pk])
                for item in items
            ],
        }


def digest_of(minutes: dict[str, Any]) -> str:
    """Return the SHA-256 of the minutes as they are kept."""
    text = json.dumps(minutes, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def is_intact(meeting: Meeting) -> bool:
    """Whether the minutes still are what was frozen."""
    return bool(meeting.sha256) and digest_of(meeting.minutes) == meeting.sha256


def minutes_pdf(meeting: Meeting) -> bytes:
    """Print the frozen minutes; the same minutes make the same file, whoever prints them in whichever language."""
    said = meeting.minutes
    with kept_language():
        return render_pdf(TEMPLATE, {"said": said, "sha256": meeting.sha256, **_sums(said)}, styles=STYLES)


def _sums(said: dict[str, Any]) -> dict[str, Any]:
    """Return how many items ended how, and the lines for those present to sign, two in a row."""
    outcomes = [item["outcome"] for item in said["items"]]
    labels = [(outcome.value, str(outcome.label)) for outcome in ItemOutcome if outcome != ItemOutcome.PENDING]
    others = [name for name in said["present"] if name != said["chair"]]
    signers = [[*others[at : at + 2], ""][:2] for at in range(0, len(others), 2)]
    return {"sums": [(label, outcomes.count(value)) for value, label in labels], "signers": signers}


def _item(item: AgendaItem, scores: Scores, votes: Iterable[Vote]) -> dict[str, Any]:
    claim = item.claim
    ballots = [vote.ballot for vote in votes]
    return {
        "position": item.position,
        "number": claim.receipt_number,
        "student": claim.student.person.name,
        "student_number": claim.student.person.number,
        "college": claim.college.name,
        "category": claim.category.name,
        "content": claim.content,
        "escalated": claim.escalated,
        "median": format_points(scores.median),
        "recused": [[vote.person.name, vote.reason] for vote in votes if vote.recused],
        "for": ballots.count(Ballot.FOR),
        "against": ballots.count(Ballot.AGAINST),
        "abstain": ballots.count(Ballot.ABSTAIN),
        "outcome": item.outcome,
        "decision": str(ItemOutcome(item.outcome).label),
        "score": format_points(item.score),
        "beyond": item.beyond,
        "points": format_points(claim.recognised_points) if item.outcome == ItemOutcome.CONFIRMED else "",
        "reason": item.reason,
    }


def _moment(at: datetime.datetime | None) -> str:
    return f"{localtime(at):%Y-%m-%d %H:%M}" if at else ""
