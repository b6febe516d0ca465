"""One run of the credits machine: an act is carried out and held against the picture before and after it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from conversion.integrity import differences
from tests.journeys.credits_picture import Picture, check, tails
from tests.journeys.machine import REFUSALS, pick

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal


@dataclass
class Change:
    """What an act should leave: its events, and every state and figure that is another one afterwards."""

    events: list[tuple[str, int, str]]
    claims: dict[int, str] = field(default_factory=dict)
    applications: dict[int, str] = field(default_factory=dict)
    lists: dict[int, str] = field(default_factory=dict)
    entries: dict[int, str] = field(default_factory=dict)
    objections: dict[int, str] = field(default_factory=dict)
    points: dict[int, Decimal | None] = field(default_factory=dict)


def fair(slip):
    """Whether the right person acts, on the newest page."""
    return slip not in {"who", "stale"}


def moved(verb, claims, state, **more):
    """Return the change of one verb that brings claims into a state."""
    return Change([("claim", pk, verb) for pk in claims], claims=dict.fromkeys(claims, state), **more)


class Run:
    """What has happened so far, and how an act is proved."""

    def __init__(self, world, clock):
        self.world, self.now = world, clock
        self.ends, self.done = tails(), 0
        self.picture = Picture.take(self.ends)
        self.turns = dict(world.turns)  # claim → how often it was handed in

    def attempt(
        self, verb: Callable[[], Any], then: Callable[[Any], Change], *, legal: bool, once: bool = True
    ) -> bool:
        """Carry an act out and compare; an act that can be done only once must be refused the second time."""
        before = self.picture
        try:
            result = verb()
        except REFUSALS:
            assert not legal, "a legal act was refused"
            self.nothing_has_changed()
            return False
        assert legal, "an illegal act was carried out"
        change = then(result)
        self.picture = after = Picture.take(self.ends)
        assert after.events == sorted(change.events), "not exactly one event for each subject"
        for name in ("claims", "applications", "lists", "entries", "objections"):
            assert after.states(name) == {**before.states(name), **getattr(change, name)}, name
        assert after.points() == {**before.points(), **change.points}, "points"
        check(after)
        if not after.same_books(before):
            assert list(differences()) == [], "the books do not add up"
        self.done += 1
        if once and self.done % 3 == 0:
            self.refused(verb)
        return True

    def refused(self, verb):
        """Carry an act out again that must be refused by now."""
        try:
            verb()
        except REFUSALS:
            self.nothing_has_changed()
            return
        msg = "an act was carried out twice"
        raise AssertionError(msg)

    def nothing_has_changed(self):
        after, before = Picture.take(self.ends), self.picture
        assert not after.events, "a refused act left an event"
        assert (after.rows, after.entries_booked) == (before.rows, before.entries_booked), (
            "a refused act changed something"
        )

    def claim(self, seed, slip, *states):
        rows = self.picture.claims.values()
        return pick(seed, slip, [row for row in rows if row.stage in states or row.status in states], rows)

    def application(self, seed, slip, *states):
        rows = self.picture.applications.values()
        return pick(seed, slip, [row for row in rows if row.stage in states or row.status in states], rows)

    def student(self, row, slip):
        """Return the account of the student whose row it is, by a slip the other one's."""
        people = self.world.students
        return people[row.student_id] if slip != "who" else next(p for pk, p in people.items() if pk != row.student_id)

    def mate(self, lead):
        """Return the account of the other student: who may be named in a team."""
        return self.student(lead, "who")

    def office(self, slip):
        """Return the office, by a slip a college's secretary."""
        return self.world.secretary if slip == "who" else self.world.office

    def reviewer(self, stage, slip):
        """Return who decides a stage, by a slip the secretary of a college that has nothing to do with it."""
        right = {"college": "secretary", "committee": "committee"}.get(stage, "office")
        return getattr(self.world, "stranger" if slip == "who" else right)

    def is_barred(self, student):
        today = timezone.localdate()
        return any(
            row.student_id == student and row.appeal_state != "upheld" and row.barred_from is not None
            and row.barred_from <= today <= (row.barred_until or today)
            for row in self.picture.sanctions.values()
        )  # fmt: skip
