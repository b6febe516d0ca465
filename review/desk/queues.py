"""The queues: which rows a desk shows, in which order, and what comes next."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from conversion.models import Application
from credits.models import Claim
from credits.stages import stages_decided_by
from portal.enums import Status
from portal.listing import Listing, Sorts, beyond, capped_count, reversed_order, without_page
from review.desk.columns import APPLICATION_COLUMNS, CLAIM_COLUMNS, LOOK, Columns, look_of, look_parts
from review.filters import ALL, SHOWN, WAITING, ApplicationFilter, ClaimFilter, QueueFilter

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from credits.stages import Chain
    from portal.listing import Count
    from portal.models import Person
    from portal.requests import SignedInRequest
    from portal.workflow import Reviewable

NUMBER = "student__person__number"
#: What every row of a queue needs, and its orders; the columns that were chosen bring their own.
CLAIM_FIELDS = (
    "pk",
    "revision",
    "status",
    "content",
    "claimed_points",
    "stage_entered_at",
    NUMBER,
    "student__person__name",
)
APPLICATION_FIELDS = (
    "pk",
    "revision",
    "status",
    "total",
    "stage_entered_at",
    "course__code",
    "course__name",
    NUMBER,
    "student__person__name",
)
# What waits has a moment of arrival and points; elsewhere these may be empty, and pages could not hang on them.
CLAIMS_WAITING = Sorts(
    {"age": ("stage_entered_at", "pk"), "number": (NUMBER, "pk"), "points": ("claimed_points", "pk")}, default="age"
)
APPLICATIONS_WAITING = Sorts(
    {"age": ("stage_entered_at", "pk"), "number": (NUMBER, "pk"), "points": ("total", "pk")}, default="age"
)
NEWEST = Sorts({"newest": ("pk",)}, default="-newest")
PARAMETERS = (
    "show",
    "q",
    "age",
    "flag",
    "mine",
    "college",
    "cohort",
    "group",
    "year",
    "round",
    "category",
    "item",
    "term",
    "course",
    *LOOK,
)


class Queue:
    """One list of a desk as its address describes it; ``name`` is what addresses call it."""

    name: str
    filter_class: type[QueueFilter]
    waiting_sorts: Sorts
    chain: Chain
    objects: Any
    table: Columns
    needed: tuple[str, ...]

    def __init__(self, request: SignedInRequest, *, show: str = "") -> None:
        """Read what is asked for; rows are fetched when the page wants them. ``show`` goes before the address."""
        self.person = request.user
        self.decides = decides(self.person, self.chain)
        asked = show or request.GET.get("show", "")
        self.show = asked if asked in dict(SHOWN) else (WAITING if self.decides else ALL)
        form = self.filter_class(request.GET, person=self.person)
        sorts = self.waiting_sorts if self.show == WAITING else NEWEST
        self.look = look_of(request.GET, self.table, self.show)
        self.listing = Listing(request, self.rows(), sorts=sorts, form=form, columns=self.columns)
        self.fields = sorts.fields(self.listing.sort)
        kept = without_page(request.GET)
        for name in set(kept) - set(PARAMETERS):
            del kept[name]
        self.query = kept.urlencode()
        self.look_query, self.plain_query = look_parts(kept)
        self.kept = [(name, value) for name, values in kept.lists() for value in values if value]

    @property
    def columns(self) -> tuple[str, ...]:
        """Return what the chosen columns read, and what every row needs."""
        return tuple(dict.fromkeys((*self.needed, *self.table.read_by(self.look.columns))))

    @property
    def address(self) -> str:
        """Return the address of the list as anybody sees it first."""
        return reverse(f"review:{self.name}")

    def rows(self) -> QuerySet:
        """Return the queue before its filters."""
        if self.show == WAITING:
            return self.objects.waiting_for(self.person)  # type: ignore[no-any-return]  # managers are untyped here
        found = self.objects.in_reach_of(self.person)
        return found if self.show == ALL else found.filter(status=self.show)  # type: ignore[no-any-return]  # as above

    @property
    def look_kept(self) -> list[tuple[str, str]]:
        """Return what of the address says how the list looks: filters carry it along."""
        return [(name, value) for name, value in self.kept if name in LOOK]

    @property
    def plain_kept(self) -> list[tuple[str, str]]:
        """Return the rest: another look carries it along."""
        return [(name, value) for name, value in self.kept if name not in LOOK]

    @property
    def is_narrowed(self) -> bool:
        """Whether a filter is set: an empty list then says so."""
        return any(name not in {"show", *LOOK} for name, _value in self.kept)

    @property
    def shown(self) -> list[tuple[str, Any, bool]]:
        """Return the kinds of lists to choose from: value, label, whether it is this one."""
        return [(value, label, value == self.show) for value, label in SHOWN if self.decides or value != WAITING]

    def first(self, *, but: int | None = None) -> int | None:
        """Return the first row's id."""
        return self._pick(self.listing.queryset, but)

    def after(self, row: Reviewable) -> int | None:
        """Return the id of the row that follows one which may have left the queue meanwhile."""
        return self._step(row, self.fields)

    def before(self, row: Reviewable) -> int | None:
        """Return the id of the row before."""
        return self._step(row, reversed_order(self.fields))

    def following(self, row: Reviewable) -> int | None:
        """Return what to look at when the row is done: the next one, else what was skipped at the beginning."""
        found = self.after(row)
        return found if found is not None else self.first(but=row.pk)

    @property
    def remaining(self) -> Count:
        """Return how many rows the queue holds, capped."""
        return capped_count(self.listing.queryset)

    def _step(self, row: Reviewable, fields: tuple[str, ...]) -> int | None:
        cursor = [attrgetter(field.lstrip("-").replace("__", "."))(row) for field in fields]
        if any(value is None for value in cursor):
            return None
        return self._pick(self.listing.queryset.filter(beyond(fields, cursor)).order_by(*fields), None)

    @staticmethod
    def _pick(queryset: QuerySet, but: int | None) -> int | None:
        found = queryset if but is None else queryset.exclude(pk=but)
        return found.values_list("pk", flat=True).first()


class ClaimQueue(Queue):
    """申报审核."""

    name = "claims"
    filter_class = ClaimFilter
    waiting_sorts = CLAIMS_WAITING
    chain: Chain = "claims"
    objects = Claim.objects
    table = CLAIM_COLUMNS
    needed = CLAIM_FIELDS


class ApplicationQueue(Queue):
    """转换审核."""

    name = "applications"
    filter_class = ApplicationFilter
    waiting_sorts = APPLICATIONS_WAITING
    chain: Chain = "conversions"
    objects = Application.objects
    table = APPLICATION_COLUMNS
    needed = APPLICATION_FIELDS


#: The queues by the name that addresses have for them.
QUEUES: dict[str, type[Queue]] = {queue.name: queue for queue in (ClaimQueue, ApplicationQueue)}


def decides(person: Person, chain: Chain) -> bool:
    """Whether the person decides any stage, rather than only reading."""
    return any(stages_decided_by(power.role, power.scheme_code, chain) for power in person.standing.powers)


def is_waiting(row: Reviewable) -> bool:
    """Whether somebody still has to decide the row."""
    return row.status == Status.IN_REVIEW
