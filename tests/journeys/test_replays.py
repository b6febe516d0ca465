"""A form sent fifty times acts once, and every form carries what makes that so."""

import os
import uuid

import pytest
from django.test import Client

from portal.models import FormReceipt
from tests.journeys.addresses import address
from tests.journeys.posting import form_for
from tests.journeys.test_one_event import ACTED, EVENTS, actor_of, added, counted, staged
from tests.journeys.world import db  # noqa: F401 - the fixture

TIMES = int(os.environ.get("REPLAYS", "50"))
# Each press is meant to act: a file, not a page, is the answer, and each one taken is on record.
EXPORTS = {name for name in EVENTS if name.endswith("_export") or name in {"review:report", "review:forms_print"}}
# The page's script sends these one by one and draws the answer; the state stops a second removal, a limit the files.
FRAGMENTS = {"credits:evidence_add", "credits:evidence_remove"}


def prepared(world, name):
    """Return the client, the path and the form of an address, with a key."""
    place = ACTED[name]
    client = world.clients[actor_of(place)]
    form = {**form_for(name, world), **staged(world, client, name), "form_key": str(uuid.uuid4())}
    return client, address(world, place), form


@pytest.mark.parametrize("name", sorted(set(EVENTS) - EXPORTS - FRAGMENTS))
def test_fifty_replays_have_one_effect(world, name):
    client, path, form = prepared(world, name)
    before = counted()
    first = client.post(path, form)
    assert first.status_code == 302
    rewind(form)
    assert added(before) == EVENTS[name]
    for _again in range(TIMES - 1):
        answer = client.post(path, form)
        rewind(form)
        assert (answer.status_code, answer["Location"]) == (302, first["Location"])
    assert added(before) == EVENTS[name]


def rewind(form):
    """Let a file be read again."""
    for value in form.values():
        if hasattr(value, "seek"):
            value.seek(0)


def test_without_the_key_a_replay_acts_again(world):
    """The control: it is the key that keeps a new claim from being started twice."""
    client, path, form = prepared(world, "credits:claim_new")
    del form["form_key"]
    before = counted()
    for _again in range(2):
        assert client.post(path, form).status_code == 302
    assert added(before) == ["start", "start"]


def test_a_form_that_was_refused_may_be_corrected_under_the_same_key(world):
    client, path, form = prepared(world, "review:claim_decide")
    before = counted()
    assert client.post(path, {**form, "points": "-1"}).status_code == 422
    assert not FormReceipt.objects.exists()
    assert client.post(path, form).status_code == 302
    assert added(before) == EVENTS["review:claim_decide"]


def test_a_key_is_the_persons_own(world):
    """Somebody else's form with the same key acts; a key holds nobody up."""
    client, path, form = prepared(world, "credits:claim_discard")
    other, foreign, theirs = prepared(world, "review:round_publish")
    before = counted()
    client.post(path, form)
    other.post(foreign, {**theirs, "form_key": form["form_key"]})
    assert added(before) == ["discard", "publish"]


def test_a_draft_that_saves_itself_again_is_one_draft(world):
    """The page saves a new claim by itself; a message sent again must not start a second one."""
    client, path, form = prepared(world, "credits:claim_new")
    before = counted()
    answers = [client.post(path, form, headers={"X-Autosave": "1"}, follow=True).json() for _again in range(3)]
    assert added(before) == ["start"]
    assert len({answer["urls"]["form"] for answer in answers}) == 1


def test_a_post_without_its_token_is_refused(world):
    """The control of the token: with the check on, no address acts without it."""
    for name in EVENTS:
        place = ACTED[name]
        client = Client(enforce_csrf_checks=True)
        client.cookies = world.clients[actor_of(place)].cookies
        assert client.post(address(world, place), form_for(name, world)).status_code == 403, name
