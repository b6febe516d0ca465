"""Entries that look alike: for people to say whether they are one competition."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

from credits.enums import LibraryState
from credits.models import LibraryEntry
from credits.names import near_name
from credits.shelf import FOREVER

if TYPE_CHECKING:
    from credits.models import Scheme

# Of two names' pairs of characters: below, two contests of the same country's students would be alike.
ALIKE = 0.35
SHOWN = 8


def duplicates(scheme: Scheme) -> list[list[LibraryEntry]]:
    """Return groups of entries that look like one competition in the same years, largest groups first (one query)."""
    groups: dict[tuple[int, str], list[LibraryEntry]] = defaultdict(list)
    found = LibraryEntry.objects.filter(scheme=scheme).exclude(state=LibraryState.MERGED)
    for row in found.order_by("code", "pk"):
        groups[row.category_id, near_name(row.name)].append(row)
    return sorted((rows for rows in groups.values() if _any_overlap(rows)), key=lambda rows: (-len(rows), rows[0].code))


def similar_entries(scheme: Scheme, name: str) -> list[LibraryEntry]:
    """Return the choosable entries most like a name, the likest first (one query)."""
    wanted = near_name(name)
    scored = [
        (likeness(wanted, near_name(row.name)), row) for row in LibraryEntry.objects.choosable().filter(scheme=scheme)
    ]
    likely = sorted((pair for pair in scored if pair[0] >= ALIKE), key=lambda pair: (-pair[0], pair[1].code))
    return [row for _likeness, row in likely[:SHOWN]]


def likeness(one: str, other: str) -> float:
    """Return how much of two names is the same, from 0 to 1: the pairs of neighbouring characters that both have."""
    mine, theirs = _pairs(one), _pairs(other)
    return 1.0 if one == other else len(mine & theirs) / max(len(mine | theirs), 1)


def _pairs(name: str) -> set[str]:
    return {name[place : place + 2] for place in range(len(name) - 1)}


def _any_overlap(rows: list[LibraryEntry]) -> bool:
    """Whether two of the rows hold in the same year; entries of other years are the same competition ruled anew."""
    spans = sorted((row.valid_from, row.valid_to or FOREVER) for row in rows)
    return any(earlier[1] >= later[0] for earlier, later in pairwise(spans))
