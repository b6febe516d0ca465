"""What a secretary finds on the desk: the rounds to deliver, how far each is, and whether it can be done now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.enums import Role
from review.experts.collating import collation_of, rounds_delivered_by
from review.experts.rules import can_deliver

if TYPE_CHECKING:
    import datetime

    from credits.models import Round
    from portal.models import Person
    from portal.verdict import Verdict
    from review.experts.collating import Row


@dataclass(frozen=True, slots=True)
class Deliverable:
    """One college of one round, as its secretary delivers it."""

    round: Round
    row: Row
    closes_at: datetime.datetime | None
    is_over: bool
    verdict: Verdict


def deliverables(person: Person) -> list[Deliverable]:
    """Return what the person's colleges have to deliver, in the newest round and in older ones that are not over."""
    if not person.standing.has(Role.SECRETARY):
        return []
    colleges = person.standing.colleges_as(Role.SECRETARY)
    found = []
    for place, (round_, between) in enumerate(rounds_delivered_by(person)):
        table = collation_of(round_, between, colleges=colleges)
        found += [
            Deliverable(round_, row, table.closes_at, table.is_over, can_deliver(person, round_, row.college, row))
            for row in table.rows
            if row.total and (place == 0 or row.to_review or row.returned or row.waiting)
        ]
    return found
