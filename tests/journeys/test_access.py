"""Every address × every role × GET and POST: the table of ``tests.journeys.addresses`` is what the portal does.

Forms are filled in and valid, so that only the person decides the answer; whoever is refused changes nothing.
"""

import copy
import re
from contextlib import contextmanager

import pytest
from django.db import connection
from django.http import HttpResponse

from portal.models import Notice
from tests.journeys.addresses import PLACES, ROLES, address, registered
from tests.journeys.page_forms import PageForms
from tests.journeys.portals import apart
from tests.journeys.posting import FORMS, form_for
from tests.journeys.world import db  # noqa: F401 - the fixture

SIGNS = {200: "✓", 302: "→", 401: "k", 403: "x", 404: "-", 405: "·", 409: "~", 422: "!"}
DONE = "✓→"
# A session remembers messages and that it is still in use; it is nobody's record.
WRITE = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(?!django_session)(\w+)", re.IGNORECASE)
ADMIN = ("", "portal/person/", "portal/appointment/", "portal/event/", "axes/accessattempt/", "password_change/")


@contextmanager
def watched(written):
    """Note every table that is written to."""

    def note(execute, sql, params, many, context):
        if found := WRITE.match(sql):
            written.append(found[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield


def ask(client, method, path, data):
    """Send one request and return what came; the browser forgets it."""
    jar = copy.deepcopy(client.cookies)
    response = getattr(client, method)(path, data)
    if response.streaming:
        b"".join(response.streaming_content)
    client.cookies = jar
    return response


def sign_of(response):
    """Return how the table writes an answer."""
    if response.status_code == 302 and response["Location"].startswith("/signin/"):
        return "s"
    return SIGNS.get(response.status_code, str(response.status_code))


def test_a_write_is_noticed(world):
    written = []
    with watched(written):
        Notice.objects.filter(pk=world.things["notice"].pk).update(title="另一句")
    assert written == ["portal_notice"]


def test_every_address_is_in_the_table():
    assert {place.name for place in PLACES} == registered()
    assert set(FORMS) <= {place.name for place in PLACES}
    assert all(len(place.get) == len(place.post) == len(ROLES) for place in PLACES)


def differences(world, method, read=lambda _place, _response: None):
    """Yield each place where the portal does not answer as the table says, or writes where it may not.

    ``read`` gets every answer with its place.
    """
    for place in PLACES:
        path, expected = address(world, place), getattr(place, method)
        for role, sign in zip(ROLES, expected, strict=True):
            written = []
            with apart():
                data = form_for(place.name, world) if method == "post" else {}
                with watched(written):
                    response = ask(world.clients[role], method, path, data)
            found = sign_of(response)
            read(place, response)
            if found != sign:
                yield f"{method} {place.name} {place.thing} as {role}: {found}, not {sign}"
            if written and (method == "get" or found not in DONE):
                yield f"{method} {place.name} {place.thing} as {role}: {found}, but wrote {written}"


@pytest.mark.long
def test_get_answers_each_role_as_the_table_says_and_changes_nothing(world):
    """On the way every form of every page is looked at: it carries its token and its key."""
    forms = PageForms()
    assert list(differences(world, "get", forms.read)) == []
    assert forms.lacking == set()
    assert forms.found > len(PLACES)


def test_a_form_without_token_or_key_is_noticed():
    forms, place = PageForms(), next(place for place in PLACES if place.name != "signin")
    for inside in ("", '<input name="csrfmiddlewaretoken" value="…">'):
        forms.read(place, HttpResponse(f'<form class="panel" method="post">{inside}</form>'))
    assert (forms.found, len(forms.lacking)) == (2, 2)


@pytest.mark.long
def test_post_answers_each_role_as_the_table_says_and_refused_ones_change_nothing(world):
    assert list(differences(world, "post")) == []


@pytest.mark.long
@pytest.mark.parametrize("path", ADMIN)
def test_the_administration_is_the_administrators(world, path):
    allowed = [role for role in ROLES if sign_of(ask(world.clients[role], "get", f"/admin/{path}", {})) == "✓"]
    assert allowed == ["administrator"]
