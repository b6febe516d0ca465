"""How somebody looks at 申报审核: which columns, in which order of rows, how tightly; all of it in the address."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

#: A column that can be chosen, in the order of the table: what it reads of a claim.
COLUMNS: dict[str, tuple[str, ...]] = {
    "college": ("college__name",),
    "cohort": ("cohort",),
    "group": ("student__class_group__name",),
    "category": ("category__name",),
    "round": ("round__name",),
    "year": ("academic_year",),
    "receipt": ("receipt_number",),
    "submitted": ("submitted_at",),
    "claimed": ("claimed_points",),
    "suggested": ("suggested_points", "claimed_points"),
    "recognised": ("recognised_points",),
    "due": ("round_id", "cohort", "stage"),
}
USUAL = ("group", "category", "claimed", "suggested", "recognised", "due")
DENSITIES = {"compact": _("紧凑"), "comfortable": _("舒适")}
#: What of an address says how the list looks, rather than what it holds.
LOOK = ("col", "density", "sort")


@dataclass(frozen=True, slots=True)
class Look:
    """The columns that are shown and the density; an empty one is the desk's own."""

    columns: tuple[str, ...]
    density: str

    @property
    def fields(self) -> tuple[str, ...]:
        """Return what the columns read."""
        return tuple(field for key in self.columns for field in COLUMNS[key])


def look_of(query: QueryDict) -> Look:
    """Read the look from an address; what it does not know is as usual."""
    chosen = set(query.getlist("col"))
    density = query.get("density", "")
    return Look(
        tuple(key for key in COLUMNS if key in chosen) or USUAL,
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
