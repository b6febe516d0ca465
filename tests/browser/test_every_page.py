"""Every kind of page of every cast: it fits phone, tablet and desk, in light and dark, and no error is logged.

The pages are those of the table of access (``tests.journeys``), so a page that is added there is looked at here.
"""

import os

import pytest
from playwright.sync_api import Error

from tests.journeys.addresses import PLACES, ROLES, Place, address
from tests.journeys.portals import shown
from tests.journeys.world import build

pytestmark = pytest.mark.django_db(transaction=True)
# Each role once: the second student, secretary and owner unit see the same kinds of pages.
CASTS = {
    "students": ("anonymous", "owner", "administrator"),
    "colleges": ("secretary", "counsellor", "unit"),
    "university": ("office", "committee", "auditor", "expert"),
}
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
# WALK=all opens a kind of page again for each role that has it; otherwise once per cast.
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
    for scheme, width in (("dark", 390), ("light", 1440)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished)).then(() => 0)")
        try:
            check_accessible(page)
        except AssertionError as problem:
            found.append(f"{scheme} {width}: {problem}")
    return found


@pytest.mark.parametrize("cast", CASTS)
def test_every_page_fits_and_is_accessible(page, live_server, sign_in_browser, check_accessible, world, cast):
    problems, looked_at = [], set()
    for role in CASTS[cast]:
        page.context.clear_cookies()
        if world.people[role]:
            sign_in_browser(world.people[role])
        for place in places_for(role):
            kind = place.name, place in AGAIN.get(role, ())
            if kind in looked_at and not EVERY_ROLE:
                continue
            if not open_page(page, live_server.url + address(world, place)):
                continue
            # The next role's page has other rows and fewer buttons: on a phone it could still be too wide.
            widths = PHONE if kind in looked_at else WIDTHS
            problems += [f"{role}: {problem}" for problem in too_wide(page, widths)]
            if kind not in looked_at:
                looked_at.add(kind)
                problems += [f"{role}: {problem}" for problem in violations(page, check_accessible)]
    assert not problems, "\n".join(problems)
    assert len(looked_at) > 10
