"""Powers and the audit pages in the world of the journeys: one to pass on, one that was, one event to read."""

from __future__ import annotations

import datetime

from django.utils import timezone

from portal.delegations.services import Wish, delegate
from portal.models import Appointment
from tests.builders import fresh, make_person


def powers(world):
    """Let the secretary pass the power on to one colleague; another is there to be given it."""
    giver = fresh(world.people["secretary"])
    source = world.things["own_power"] = Appointment.objects.get(person=giver)
    first = make_person(name="代理人")
    today = timezone.localdate()
    wish = Wish(number=first.number, name=first.name, starts_on=today, ends_on=today + datetime.timedelta(days=9))
    world.things["passed_on"] = delegate(source, giver, wish)
    world.things["colleague"] = make_person(name="另一人")
    world.things["audited"] = world.things["pending"].events.earliest("pk")


def delegation_form(world):
    """Return the form that passes the secretary's power on."""
    person, today = world.things["colleague"], timezone.localdate()
    return {"number": person.number, "name": person.name, "starts_on": today, "ends_on": today}


FORMS = {"delegation_new": delegation_form}
EVENTS = {
    "delegation_new": ["delegate"],
    "delegation_revoke": ["revoke"],
    "review:audit_export": ["export"],
}
