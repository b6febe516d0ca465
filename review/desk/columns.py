"""How somebody looks at a queue: which columns, in which order of rows, how tightly; all of it in the address."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from portal.enums import Status
from review.filters import ALL, WAITING

STUDENTS: dict[str, tuple[str, ...]] = {
    "college": ("college__name",),
    "cohort": ("cohort",),
    "group": ("student__class_group__name",),
}
#: Lists in which something waits, and in which something was given; the whole list holds both.
PENDING = frozenset({WAITING, Status.IN_REVIEW.value, ALL})
DECIDED = frozenset({Status.PUBLICITY.value, Status.RECOGNISED.value, Status.REVOKED.value, ALL})
DENSITIES = {"compact": _("紧凑"), "comfortable": _("舒适")}
#: What of an address says how the list looks, rather than what it holds.
LOOK = ("col", "density", "sort")


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that can be chosen, in the order of the table: what each reads of a row; and those shown unasked.

    ``pending`` and ``decided`` join the ``usual`` ones where something waits for a decision, or has had one.
    """

    fields: dict[str, tuple[str, ...]]
    usual: tuple[str, ...]
    pending: tuple[str, ...] = ()
    decided: tuple[str, ...] = ()

    def unasked(self, show: str) -> tuple[str, ...]:
        """Return what one of the lists shows to who chose nothing."""
        wanted = {*self.usual}
        wanted |= {*self.pending} if show in PENDING else set()
        wanted |= {*self.decided} if show in DECIDED else set()
        return tuple(key for key in self.fields if key in wanted)

    def read_by(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        """Return what the columns read."""
        return tuple(field for key in columns for field in self.fields[key])


CLAIM_COLUMNS = Columns(
    {
        **STUDENTS,
        "category": ("category__name",),
        "round": ("round__name",),
        "year": ("academic_year",),
        "receipt": ("receipt_number",),
        "submitted": ("submitted_at",),
        "claimed": ("claimed_points",),
        "suggested": ("suggested_points", "claimed_points"),
        "recognised": ("recognised_points",),
        "due": ("round_id", "cohort", "stage"),
    },
    usual=("group", "category", "claimed", "suggested"),
    pending=("due",),
    decided=("recognised",),
)
APPLICATION_COLUMNS = Columns(
    {
        **STUDENTS,
        "term": ("offering__term__code",),
        "submitted": ("submitted_at",),
        "credits": ("course__credits",),
        "total": ("total",),
        "grade": ("grade",),
        "relevance": ("relevance",),
    },
    usual=("group", "term", "total", "grade"),
)


@dataclass(frozen=True, slots=True)
class Look:
    """The columns that are shown and the density; an empty one is the desk's own."""

    columns: tuple[str, ...]
    density: str


def look_of(query: QueryDict, table: Columns, show: str) -> Look:
    """Read the look of a list from an address; what it does not know is as usual there."""
    chosen = set(query.getlist("col"))
    density = query.get("density", "")
    return Look(
        tuple(key for key in table.fields if key in chosen) or table.unasked(show),
        density if density in DENSITIES else "",
    )


def look_parts(query: QueryDict) -> tuple[str, str]:
    """Return of an address what it says about the look, and the rest."""
    look, rest = query.copy(), query.copy()
    for name in query:
        del (rest if name in LOOK else look)[name]
    return look.urlencode(), rest.urlencode()


def with_look(query: QueryDict, kept: str) -> QueryDict:
    """Return an address completed by what the person wants to see when it says nothing of it."""
    found, remembered = query.copy(), QueryDict(kept)
    for name in LOOK:
        if name not in found and name in remembered:
            found.setlist(name, remembered.getlist(name))
    return found
