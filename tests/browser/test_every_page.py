"""Every kind of page of every role: it fits phone, tablet and desk, in light and dark, and no error is logged.

The pages are those of the table of access (``tests.journeys``), so a page that is added there is looked at here.
"""

import os

import pytest
from playwright.sync_api import Error

from tests.journeys.addresses import PLACES, ROLES, Place, address
from tests.journeys.portals import shown
from tests.journeys.world import build

pytestmark = pytest.mark.django_db(transaction=True)
# Each role once: the second student, secretary and owner unit see the same kinds of pages. The first in a row that has
# a kind of page looks at it in full.
CASTS = (
    ("anonymous", "owner"),
    ("administrator",),
    ("secretary", "counsellor", "unit"),
    ("office", "committee", "auditor"),
    ("expert",),
)
# What the colours and the width of a phone decide; the rest of a page is the same in the dark.
ON_PHONES = ("color-contrast", "target-size", "scrollable-region-focusable", "meta-viewport", "link-in-text-block")
# Kinds of pages that the second scheme draws otherwise: scores in a range, the library, an offset in public.
AGAIN = {
    "owner": (
        *(Place("credits:claim_edit", "contest_draft", "", ""), Place("credits:claim", "in_scoring", "", "")),
        Place("conversion:application", "app_public", "", ""),
    ),
    "secretary": (Place("review:claim", "in_scoring", "", ""), Place("review:application", "app_public", "", "")),
    "office": (Place("review:publicity_list", "list_shown", "", ""),),
}
# The parts of pages that htmx asks for.
PARTS = {
    *("credits:suggestion", "credits:explanation", "credits:claim_saved", "credits:library_search"),
    "conversion:reckon",
}
HEIGHT = 900
WIDTHS = (1440, 768, 390)
PHONE = WIDTHS[-1:]
# WALK=all looks in full at every page of every role; otherwise once at each kind.
EVERY_ROLE = os.environ.get("WALK") == "all"


@pytest.fixture
def world(transactional_db):
    """Give the portal to the server that the browser asks."""
    with shown("world", build) as portal:
        yield portal


def places_for(role):
    """Return the role's pages: one object per kind of page, and what the second scheme draws otherwise."""
    column = ROLES.index(role)
    found = {}
    for place in PLACES:
        if place.get[column] == "✓" and place.name not in PARTS:
            found.setdefault(place.name, place)
    return [*found.values(), *AGAIN.get(role, ())]


def open_page(page, url):
    """Go to an address; whether a page opened rather than a file, to keep or to look at."""
    try:
        answer = page.goto(url)
    except Error as problem:
        if "Download is starting" in str(problem):
            return False
        raise
    assert answer.status == 200, url
    return answer.headers["content-type"].startswith("text/html")


def too_wide(page, widths):
    """Return the widths at which the page scrolls sideways."""
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{page.url} scrolls sideways at {width}")
    return found


def violations(page, check_accessible):
    """Return what axe says of the page in dark on a phone (where it stands now) and in light on a desk."""
    found = []
    for scheme, width, rules in (("dark", 390, None if EVERY_ROLE else ON_PHONES), ("light", 1440, None)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished)).then(() => 0)")
        try:
            check_accessible(page, rules=rules)
        except AssertionError as problem:
            found.append(f"{scheme} {width}: {problem}")
    return found


def seen_before(role):
    """Return the kinds of pages that a role before this one in its row looks at in full."""
    row = next(row for row in CASTS if role in row)
    return {place.name for other in row[: row.index(role)] for place in places_for(other)}


@pytest.mark.parametrize("role", [role for row in CASTS for role in row])
def test_every_page_fits_and_is_accessible(page, live_server, sign_in_browser, check_accessible, world, role):
    if world.people[role]:
        sign_in_browser(world.people[role])
    problems, opened, seen = [], 0, set() if EVERY_ROLE else seen_before(role)
    for place in places_for(role):
        if not open_page(page, live_server.url + address(world, place)):
            continue
        opened += 1
        # The next role's page has other rows and fewer buttons: on a phone it could still be too wide.
        new = place.name not in seen or place in AGAIN.get(role, ())
        problems += too_wide(page, WIDTHS if new else PHONE)
        problems += violations(page, check_accessible) if new else []
    assert not problems, "\n".join(problems)
    assert opened > 3
