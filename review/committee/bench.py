"""Who sits on an item of the agenda: the called members, who is present, who is recused, how they voted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from review.committee.conflicts import Conflicts
from review.committee.tally import Tally
from review.models import Ballot, Vote

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from portal.models import Person
    from review.models import AgendaItem, Attendance, Meeting


@dataclass(frozen=True, slots=True)
class Seat:
    """One called member on one item; ``conflict`` is why the member may not judge it, known without being told."""

    attendance: Attendance
    vote: Vote | None
    conflict: str

    @property
    def person(self) -> Person:
        """Return the member."""
        return self.attendance.person

    @property
    def present(self) -> bool:
        """Whether the member is there."""
        return self.attendance.present

    @property
    def recused(self) -> bool:
        """Whether the member neither votes nor counts on this item."""
        return bool(self.conflict) or (self.vote is not None and self.vote.recused)

    @property
    def reason(self) -> str:
        """Return why the member is recused."""
        return self.vote.reason if self.vote is not None and self.vote.recused else self.conflict

    @property
    def ballot(self) -> str:
        """Return the vote that counts; an empty text when there is none."""
        return self.vote.ballot if self.vote is not None and self.present and not self.recused else ""

    @property
    def by_office(self) -> bool:
        """Whether somebody else entered the vote for the member."""
        return self.vote is not None and self.vote.recorded_by_id != self.vote.person_id


@dataclass(frozen=True, slots=True)
class Bench:
    """All seats on one item."""

    item: AgendaItem
    seats: tuple[Seat, ...]

    def seat_of(self, person_id: int) -> Seat | None:
        """Return the seat of a member; None for somebody who was not called."""
        return next((seat for seat in self.seats if seat.attendance.person_id == person_id), None)

    @property
    def recused(self) -> list[Seat]:
        """Return the called members who may not judge the item, present or not."""
        return [seat for seat in self.seats if seat.recused]

    @property
    def voting(self) -> list[Seat]:
        """Return the members who may vote: present, and not recused."""
        return [seat for seat in self.seats if seat.present and not seat.recused]

    @property
    def tally(self) -> Tally:
        """Count."""
        ballots = [seat.ballot for seat in self.seats]
        return Tally(
            called=len(self.seats),
            present=sum(seat.present for seat in self.seats),
            recused=sum(seat.present and seat.recused for seat in self.seats),
            agree=ballots.count(Ballot.FOR),
            against=ballots.count(Ballot.AGAINST),
            abstain=ballots.count(Ballot.ABSTAIN),
        )


def bench_of(item: AgendaItem) -> Bench:
    """Return who sits on one item (five queries)."""
    return benches(item.meeting, [item])[item.pk]


def benches(meeting: Meeting, items: Sequence[AgendaItem]) -> dict[int, Bench]:
    """Return who sits on each of a meeting's items (five queries, however many there are)."""
    called = list(meeting.attendances.select_related("person"))
    votes = {(vote.item_id, vote.person_id): vote for vote in Vote.objects.filter(item__in=items)}
    conflicts = Conflicts(meeting.scheme, [row.person for row in called], [item.claim for item in items])
    return {item.pk: Bench(item, tuple(_seats(item, called, votes, conflicts))) for item in items}


def _seats(
    item: AgendaItem, called: Iterable[Attendance], votes: dict[tuple[int, int], Vote], conflicts: Conflicts
) -> Iterable[Seat]:
    for row in called:
        yield Seat(row, votes.get((item.pk, row.person_id)), conflicts.reason(row.person, item.claim))
