"""Every address of the portal, the thing it is asked for, and what each role is answered: the table of who may what.

One sign per role, in the order of ``ROLES``. A sign under GET or POST says:

    ✓ the page (200)        → led on (302)           s led to sign in
    - no such thing (404)   x refused (403)          · not with this method (405)
    ! shown again with what is wrong (422)           ~ somebody was faster (409)
"""

from __future__ import annotations

from typing import NamedTuple

from django.urls import get_resolver, reverse

from credits.models import Claim, Evidence
from tests.journeys.world import BATCH_NUMBER

ROLES = (
    *("anonymous", "owner", "classmate"),
    *("secretary", "stranger", "counsellor"),
    *("unit", "other_unit", "office"),
    *("committee", "auditor", "administrator", "expert"),
)


class Place(NamedTuple):
    """One row of the table."""

    name: str
    thing: str
    get: str
    post: str


def table(text):
    """Read the rows of a table as it is drawn below."""
    lines = [line.split("|") for line in text.strip().splitlines()]
    cells = [[cell.strip() for cell in line] for line in lines]
    return [Place(name, thing, get.replace(" ", ""), post.replace(" ", "")) for name, thing, get, post in cells]


PLACES = []


def registered():
    """Return the name of every address there is, Django's own administration left out."""

    def walk(patterns, space=""):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                if pattern.namespace != "admin":
                    yield from walk(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else space)
            else:
                yield f"{space}{pattern.name}"

    return set(walk(get_resolver().url_patterns))


def address(world, place):
    """Return the path that a place stands for in the world."""
    query = {
        "credits:claim_new": f"?round={world.round.pk}&category=competition",
        "credits:suggestion": f"?claim={world.things['draft'].pk}",
        "review:batch": f"?row={world.things['pending'].pk}:{world.things['pending'].revision}",
        "review:filing": f"?code={world.things['form'].number}",
    }
    return reverse(place.name, args=arguments(world, place)) + query.get(place.name, "")


def arguments(world, place):
    """Return what the address is made with."""
    version = world.version
    if not place.thing:
        return []
    if place.thing == "scheme":
        return [version.scheme.code]
    if place.thing == "version":
        return [version.scheme.code, version.label]
    if place.thing == "batch":
        return [BATCH_NUMBER]
    thing = world.things[place.thing]
    if place.name == "conversion:verify":
        return [thing.code]
    if place.name == "credits:evidence_file":
        return [thing.file.key]
    return [thing.pk]
