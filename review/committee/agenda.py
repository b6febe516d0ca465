"""The agenda as its page lists it: each item with its claim, the experts' result, the votes, and the own vote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q

from portal.listing import Listing, Sorts
from review.committee.bench import benches
from review.committee.forms import ItemFilter
from review.committee.item_page import reads_ballots
from review.committee.rules import can_keep_meetings, is_gone
from review.committee.scores import scores_of
from review.committee.tally import quorum_of
from review.models import ItemOutcome, MeetingState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from portal.models import Person
    from portal.requests import SignedInRequest
    from review.committee.bench import Bench, Seat
    from review.committee.scores import Scores
    from review.committee.tally import Tally
    from review.models import AgendaItem, Attendance, Meeting

SORTS = Sorts({"position": ("position", "pk")}, default="position")
PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One item on the page; ``own`` is the reader's seat, None for who was not called."""

    item: AgendaItem
    bench: Bench
    scores: Scores
    own: Seat | None

    @property
    def tally(self) -> Tally:
        """Return the votes."""
        return self.bench.tally

    @property
    def median(self) -> Decimal | None:
        """Return the experts' result."""
        return self.scores.median

    @property
    def is_gone(self) -> bool:
        """Whether the claim left the committee's stage before the item was decided."""
        return self.item.outcome == ItemOutcome.PENDING and is_gone(self.item.claim)


def meeting_context(request: SignedInRequest, meeting: Meeting) -> dict[str, Any]:
    """Return what the page of a meeting shows."""
    called = list(meeting.attendances.select_related("person"))
    form = ItemFilter(request.GET, scheme=meeting.scheme)
    listing = Listing(request, meeting.items.with_claims(), sorts=SORTS, form=form, per_page=PER_PAGE, keyset=False)
    keeps = bool(can_keep_meetings(request.user, meeting.scheme))
    return {
        "meeting": meeting,
        "called": called,
        "present": sum(row.present for row in called),
        "quorum": quorum_of(len(called)),
        "counts": counts(meeting),
        "listing": listing,
        "form": form,
        "lines": lines(meeting, list(listing.rows), request.user),
        "keeps": keeps,
        "open_ballots": keeps or reads_ballots(request.user),
        "prepares": keeps and meeting.state != MeetingState.CLOSED,
        "own": seat_among(called, request.user),
    }


def lines(meeting: Meeting, items: list[AgendaItem], person: Person) -> list[Line]:
    """Return the items with what the page says of each (six queries, however many there are)."""
    found, scores = benches(meeting, items), scores_of([item.claim for item in items])
    return [Line(item, found[item.pk], scores[item.claim_id], found[item.pk].seat_of(person.pk)) for item in items]


def counts(meeting: Meeting) -> dict[str, int]:
    """Return how many items there are in all, open, and escalated (one query)."""
    return meeting.items.aggregate(
        total=Count("pk"),
        pending=Count("pk", filter=Q(outcome=ItemOutcome.PENDING)),
        escalated=Count("pk", filter=~Q(claim__escalated="")),
    )


def seat_among(called: Iterable[Attendance], person: Person) -> Attendance | None:
    """Return the person's own place among the called; None for who was not called."""
    return next((row for row in called if row.person_id == person.pk), None)
