"""Who may see a claim beyond owners and appointments: apps above say so (an expert sees what was assigned to them).

What is entered here widens ``visible_to`` (the page of one claim, its evidence), never the lists of the desks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.db.models import Q

if TYPE_CHECKING:
    from portal.models import Person

Sight = Callable[["Person"], Q | None]
_sights: list[Sight] = []


def extend_sight(provider: Sight) -> None:
    """Register who else sees which claims: a condition on claims, or None for nobody; asked at every page."""
    if provider not in _sights:
        _sights.append(provider)


def seen_otherwise(person: Person) -> list[Q]:
    """Return the conditions of all providers for the person."""
    return [found for provider in _sights if (found := provider(person)) is not None]
