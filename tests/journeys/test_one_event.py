"""Every address that changes something leaves exactly one event per verb, and nothing at all when the event fails."""

import re

import pytest
from django.apps import apps

from portal import trail
from portal.models import EventBase
from tests.journeys.addresses import PLACES, ROLES, address
from tests.journeys.committee import EVENTS as COMMITTEE
from tests.journeys.duplicates import EVENTS as DUPLICATES
from tests.journeys.experts import EVENTS as EXPERTS
from tests.journeys.offsets import EVENTS as OFFSETS
from tests.journeys.organisation import EVENTS as ORGANISATION
from tests.journeys.portals import apart
from tests.journeys.posting import form_for
from tests.journeys.powers import EVENTS as POWERS
from tests.journeys.publicity import EVENTS as PUBLICITY
from tests.journeys.records import EVENTS as RECORD
from tests.journeys.regulation import EVENTS as REGULATION
from tests.journeys.second import EVENTS as SECOND
from tests.journeys.sheets import EVENTS as SHEETS
from tests.journeys.world import db  # noqa: F401 - the fixture
from tests.portal import test_people_import as people_sheets

DONE = "✓→"
APPS = {"portal", "credits", "conversion", "review"}
# What one press of each address's button leaves on the trail.
EVENTS = {
    "password_change": ["change_password"],
    "people_import_apply": ["import"],
    "job_cancel": ["cancel"],
    "job_retry": ["retry"],
    "credits:claim_new": ["start"],
    "credits:claim_edit": ["save"],
    "credits:claim_submit": ["submit"],
    "credits:claim_withdraw": ["withdraw"],
    "credits:claim_discard": ["discard"],
    "credits:claim_reopen": ["reopen"],
    "credits:evidence_add": ["attach"],
    "credits:evidence_remove": ["detach"],
    "conversion:apply": ["start"],
    "conversion:application_edit": ["save"],
    "conversion:application_submit": ["submit"],
    "conversion:application_withdraw": ["withdraw"],
    "review:claims_export": ["export"],
    "review:applications_export": ["export"],
    "review:missing_export": ["export"],
    "review:points_export": ["export"],
    "review:grades_export": ["export"],
    "review:batch_carry_out": ["approve"],
    "review:award_decide": ["approve"],
    "review:batch_undo": ["take_back"],
    "review:claim_decide": ["approve"],
    "review:claim_undo": ["undo"],
    "review:claim_revoke": ["revoke"],
    "review:application_decide": ["approve"],
    "review:application_undo": ["reissue"],
    "review:missing_remind": ["remind"],
    "review:graduation_tell": ["remind"],
    "review:scan": ["file"],
    "review:forms_print": ["print"],
    "review:form_file": ["file"],
    "review:form_unfile": ["unfile"],
    "review:round_new": ["open"],
    "review:round_edit": ["change"],
    "review:round_publish": ["publish"],
    "review:round_unpublish": ["unpublish"],
    "review:course_new": ["create"],
    "review:course_edit": ["save"],
    "review:offering_new": ["offer"],
    "review:offering_edit": ["save"],
    "review:terms": ["save"],
    "review:import_new": ["stage"],
    # One for the workbook, and one for each row that it makes or takes back: that has a record of its own.
    "review:course_import_apply": ["create", "import"],
    "review:import_apply": ["apply", "record"],
    "review:import_discard": ["discard"],
    "review:import_roll_back": ["revoke", "roll_back"],
    **POWERS,
    **ORGANISATION,
    **SECOND,
    **SHEETS,
    **PUBLICITY,
    **RECORD,
    **OFFSETS,
    **EXPERTS,
    **COMMITTEE,
    **REGULATION,
    **DUPLICATES,
}
WITHOUT = {
    "signin": "the time of the last sign-in stands on the account",
    "set_language": "a cookie",
    "read_notices": "what somebody has read is their own affair",
    "people_import": "a preview; the workbook is forgotten with the session",
    "review:course_import": "a preview, as above",
    **dict.fromkeys(
        ("review:view_save", "review:view_rename", "review:view_delete", "review:look_keep", "review:look_forget"),
        "how somebody looks at a list is their own",
    ),
    "review:library_import": "a preview, as above",
    "review:plan_import": "a preview, as above",
}
ACTED = {place.name: place for place in reversed(PLACES) if set(place.post) & set(DONE)}


def actor_of(place):
    """Return the first role that may."""
    return next(role for role, sign in zip(ROLES, place.post, strict=True) if sign in DONE)


def press(world, name, form=None):
    """Post the address's form as somebody who may, and return the answer."""
    place = ACTED[name]
    client = world.clients[actor_of(place)]
    return client.post(address(world, place), {**(form or form_for(name, world)), **staged(world, client, name)})


def staged(world, client, name):
    """Upload the workbook that the address applies, and return the key that the preview's form carries."""
    if not name.endswith("_import_apply"):
        return {}
    upload = name.removesuffix("_apply")
    form = form_for(upload, world) or {"workbook": people_sheets.book(学生=[people_sheets.pupil()])}
    page = client.post(address(world, ACTED[upload]), form).content.decode()
    return {"workbook": re.search(r'name="workbook" value="([^"]+)"', page)[1]}


def trails():
    """Return every table of events."""
    return [model for model in apps.get_models() if issubclass(model, EventBase)]


def counted():
    """Return where each trail ends."""
    return {model: model._base_manager.order_by("pk").values_list("pk", flat=True).last() or 0 for model in trails()}


def added(before):
    """Return the verbs of the events since, sorted."""
    rows = (model._base_manager.filter(pk__gt=last).values_list("verb", flat=True) for model, last in before.items())
    return sorted(verb for verbs in rows for verb in verbs)


def everything():
    """Return all rows of the portal's own tables."""
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in APPS]
    return {model._meta.label: sorted(map(str, model._base_manager.values_list())) for model in models}


def test_every_address_that_acts_is_listed():
    assert set(EVENTS) | set(WITHOUT) == set(ACTED)


@pytest.mark.parametrize("name", EVENTS)
def test_one_press_leaves_its_event(world, name):
    if name.endswith("_import_apply"):
        form_of = ACTED[name.removesuffix("_apply")]
        assert actor_of(form_of) == actor_of(ACTED[name])
    form = form_for(name, world)
    before = counted()
    answer = press(world, name, form)
    assert answer.status_code in {200, 302}
    assert added(before) == EVENTS[name]


@pytest.mark.parametrize("name", WITHOUT)
def test_what_needs_no_event_leaves_none(world, name):
    before = counted()
    press(world, name)
    assert added(before) == []


@pytest.mark.parametrize("name", EVENTS)
def test_without_its_event_nothing_happens(world, name, monkeypatch):
    place = ACTED[name]
    client = world.clients[actor_of(place)]
    path, form = address(world, place), {**form_for(name, world), **staged(world, client, name)}
    before = everything()

    def fail(*_args, **_facts):
        raise OSError("the trail is full")

    monkeypatch.setattr(trail, "draft_event", fail)
    monkeypatch.setattr(EventBase, "save", fail)
    monkeypatch.setattr(trail, "write_events", fail)
    monkeypatch.setattr("credits.services.recording.write_events", fail, raising=False)
    monkeypatch.setattr("credits.services.library.write_events", fail)
    monkeypatch.setattr("conversion.services.plans.write_events", fail)
    assert client.post(path, form).status_code == 500
    assert everything() == before


def test_the_comparison_sees_a_single_changed_cell(world):
    before = everything()
    with apart():
        row = world.things["notice"]
        type(row).objects.filter(pk=row.pk).update(title="另一句")
        assert everything() != before
    assert everything() == before
