"""An expert's own tasks: what waits, how far one is, and which comes next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from credits.windows import window_for
from portal.enums import Role
from portal.listing import Listing, Sorts
from review.experts.sight import AMENDED
from review.models import Assignment

if TYPE_CHECKING:
    import datetime

    from django.db.models import QuerySet

    from credits.models import Claim
    from portal.models import Person
    from portal.requests import SignedInRequest
    from review.querysets import AssignmentQuerySet

WAITING, SCORED, ALL = "waiting", "scored", "all"
SHOWN = [(WAITING, _("待评分")), (SCORED, _("已评分")), (ALL, _("全部"))]
SORTS = Sorts({"assigned": ("assigned_at", "pk")}, default="assigned")
RELATED = ("claim__category", "claim__student__person", "claim__college", "claim__scheme_version", "claim__round")


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the tasks of the rounds at hand are done; those abstained from are not counted."""

    done: int
    total: int


def own_tasks(person: Person) -> AssignmentQuerySet:
    """Return the tasks that the expert may open: of this turn, neither abstained from nor taken back, not amended."""
    mine: AssignmentQuerySet = Assignment.objects.owned_by(person).of_this_turn().counting()
    return mine.exclude(claim__status__in=AMENDED)


def waiting_tasks(person: Person) -> QuerySet[Assignment]:
    """Return the tasks that wait for a score, the oldest first."""
    return Assignment.objects.owned_by(person).at_hand().waiting().order_by("assigned_at", "pk")


def progress(person: Person) -> Progress:
    """Return how far the expert is in the rounds that have something at hand (one query)."""
    # Distinct: the few rounds are looked up once, instead of each task being compared with each that waits.
    rounds = waiting_tasks(person).order_by().values("claim__round").distinct()
    mine = own_tasks(person).filter(claim__round__in=rounds).order_by()
    states = list(mine.values_list("state", flat=True))
    return Progress(states.count(SCORED), len(states))


def next_task(person: Person, after: Assignment | None = None) -> Assignment | None:
    """Return the task that follows in the queue, else the first one; None when all is done."""
    waiting = waiting_tasks(person)
    if after is None:
        return waiting.first()
    waiting = waiting.exclude(pk=after.pk)
    behind = waiting.filter(assigned_at__gte=after.assigned_at).exclude(assigned_at=after.assigned_at, pk__lt=after.pk)
    return behind.first() or waiting.first()


def previous_task(person: Person, before: Assignment) -> Assignment | None:
    """Return the task that stands before in the queue."""
    waiting = waiting_tasks(person).filter(assigned_at__lte=before.assigned_at)
    return waiting.exclude(assigned_at=before.assigned_at, pk__gte=before.pk).exclude(pk=before.pk).last()


class TaskList:
    """The expert's list as its address describes it."""

    def __init__(self, request: SignedInRequest) -> None:
        asked = request.GET.get("show", "")
        self.show = asked if asked in dict(SHOWN) else WAITING
        found = (
            Assignment.objects.owned_by(request.user).select_related(*RELATED).prefetch_related("claim__round__windows")
        )
        if self.show == WAITING:
            found = found.at_hand().waiting()
        elif self.show == SCORED:
            found = found.filter(state=SCORED)
        self.listing = Listing(request, found, sorts=SORTS)

    @property
    def shown(self) -> list[tuple[str, Any, bool]]:
        """Return the kinds of lists to choose from: value, label, whether it is this one."""
        return [(value, label, value == self.show) for value, label in SHOWN]


def deadline_of(claim: Claim) -> datetime.datetime | None:
    """Return until when the owner units' work on the claim's round lasts, None without a limit."""
    window = window_for(claim.round, Role.OWNER_UNIT, claim.cohort) if claim.round else None
    return window.closes_at if window else None
