"""What waits at a desk: counts by age and by state, deadlines, the missing papers, one's own last decisions."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db.models import Count as CountOf
from django.db.models import Min, Q
from django.utils import timezone
from django.utils.http import urlencode

from conversion.home import time_left
from conversion.models import Application, ApplicationEvent, Form
from conversion.rules import FILERS
from credits.models import Claim, ClaimEvent, RoundWindow
from portal.enums import Role, Status
from portal.listing import Count, capped_count
from review.desk.ages import Age, arrived
from review.desk.dates import overdue
from review.desk.flags import Flag
from review.desk.queues import decides
from review.experts.delivering import deliverables

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from credits.stages import Chain
    from portal.models import EventBase, Person

STATES = (Status.IN_REVIEW, Status.RETURNED, Status.RECOGNISED, Status.REFUSED)
DECISIONS = ("approve", "return", "refuse")
DECISIONS_SHOWN = 8
DEADLINES_SHOWN = 4
LATE_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure that leads to its list."""

    value: str
    label: Any
    count: Count


@dataclass(frozen=True, slots=True)
class Pile:
    """What one kind of record has for the person: the waiting by age, all by state."""

    decides: bool
    waiting: Count
    ages: list[Tile]
    states: list[Tile]


@dataclass(frozen=True, slots=True)
class Deadline:
    """One window that closes, with the time left in the words that students read too."""

    window: RoundWindow
    left: str


def pile(objects: Any, person: Person, chain: Chain) -> Pile:
    """Count one kind of record; every count stops at a thousand."""
    if not decides(person, chain):
        return Pile(decides=False, waiting=Count(0), ages=[], states=_states(objects, person))
    waiting = objects.waiting_for(person)
    ages = [Tile(age.value, age.label, capped_count(waiting.filter(arrived(age)))) for age in Age]
    total = sum(tile.count.number for tile in ages)
    capped = any(tile.count.capped for tile in ages)
    return Pile(decides=True, waiting=Count(total, capped), ages=ages, states=_states(objects, person))


def _states(objects: Any, person: Person) -> list[Tile]:
    reach = objects.in_reach_of(person)
    return [Tile(state.value, state.label, capped_count(reach.filter(status=state))) for state in STATES]


def missing_forms(person: Person) -> Count | None:
    """Count the valid forms whose signed paper the person still waits for, None for those who file none."""
    if not person.standing.has(*FILERS):
        return None
    return capped_count(Form.objects.visible_to(person).missing())


def deadlines(person: Person) -> list[Deadline]:
    """Return when the person's roles close next, the nearest first."""
    reach = Q()
    for power in person.standing.powers:
        one = Q(role=power.role)
        if power.scheme_code:
            one &= Q(round__scheme__code=power.scheme_code)
        reach |= one
    rows = RoundWindow.objects.filter(reach, round__is_published=True, closes_at__gte=timezone.now())
    nearest = rows.select_related("round").order_by("closes_at", "pk")[:DEADLINES_SHOWN]
    return [Deadline(window, time_left(window.closes_at)) for window in nearest]


def own_decisions(person: Person) -> list[EventBase]:
    """Return what the person decided last, claims and conversions together."""
    related = ("subject__student__person",)
    claims = _own(ClaimEvent.objects.select_related(*related, "subject__category"), person)
    conversions = _own(ApplicationEvent.objects.select_related(*related, "subject__course"), person)
    rows: list[EventBase] = sorted([*claims, *conversions], key=attrgetter("at"), reverse=True)
    return rows[:DECISIONS_SHOWN]


def _own(events: Any, person: Person) -> Iterable[EventBase]:
    found: Iterable[EventBase] = events.filter(actor=person, verb__in=DECISIONS).order_by("-pk")[:DECISIONS_SHOWN]
    return found


@dataclass(frozen=True, slots=True)
class Late:
    """What of one round is left undecided in one college after its date, and since when the oldest waits."""

    college: str
    round: str
    count: int
    since: Any
    query: str


def late_colleges(person: Person) -> list[Late]:
    """Return who is late, to the office and those who audit it: the most claims first, at most ``LATE_SHOWN``."""
    if not person.standing.has(Role.OFFICE, Role.AUDITOR):
        return []
    found = Claim.objects.in_reach_of(person).filter(overdue()).order_by()
    rows = (
        found.values("college", "college__name", "round", "round__name")
        .annotate(count=CountOf("pk"), since=Min("stage_entered_at"))
        .order_by("-count", "college", "round")[:LATE_SHOWN]
    )
    return [
        Late(row["college__name"], row["round__name"], row["count"], row["since"], _late_query(row)) for row in rows
    ]


def _late_query(row: Mapping[str, Any]) -> str:
    """Return the filters of the queue that show these claims."""
    where = {"college": str(row["college"]), "round": str(row["round"])}
    return urlencode({"show": Status.IN_REVIEW.value, "flag": Flag.LATE.value, **where})


def desk_context(person: Person) -> dict[str, Any]:
    """Return everything the desk shows."""
    return {
        "claims": pile(Claim.objects, person, "claims"),
        "applications": pile(Application.objects, person, "conversions"),
        "missing": missing_forms(person),
        "deadlines": deadlines(person),
        "deliveries": deliverables(person),
        "late": late_colleges(person),
        "records": person.standing.has(Role.OWNER_UNIT),
        "decisions": [_decision(event) for event in own_decisions(person)],
    }


def _decision(event: EventBase) -> dict[str, Any]:
    subject = event.subject  # type: ignore[attr-defined]  # both event tables have one
    is_claim = isinstance(subject, Claim)
    return {
        "status": event.to_state.partition(":")[0],
        "at": event.at,
        "name": subject.student.person.name,
        "what": f"{subject.category.name} · {subject.content}" if is_claim else subject.course.name,
        "route": "review:claim" if is_claim else "review:application",
        "pk": subject.pk,
        "reason": event.reason,
        "revision": subject.revision,
    }
