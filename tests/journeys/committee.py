"""The second scheme's committee in the small portal: a meeting that is called, one that sits, one that is closed."""

from __future__ import annotations

import datetime

from django.utils import timezone

from portal.enums import Role
from portal.models import Appointment
from portal.trail import set_origin
from review.desk.batches import Wanted
from review.services.meetings import Plan, add_items, close_meeting, note_presence, plan_meeting
from review.services.sitting import cast_vote, confirm_unanimously
from tests.builders import fresh
from tests.whu import PAPER, SCHEME, whu_claim

BATCH_NUMBER = "0b0a7c9e-5d3f-4f0e-9a53-2f6f3f0c1d11"


def committee(world):
    """Appoint the committee for the second scheme too, and let it sit on the owner's papers."""
    member = world.people["committee"]
    Appointment.objects.create(
        person=member, role=Role.COMMITTEE, scheme_code=SCHEME, starts_on=datetime.date(2020, 1, 1)
    )
    office, member, things = fresh(world.people["office"]), fresh(member), world.things
    things["listable"] = paper(world, 1)
    things["meeting"] = meeting(world, office, member, "筹备中的会议")
    things["sitting"] = sitting = meeting(world, office, member, "进行中的会议")
    add_items(sitting, office, [paper(world, number) for number in (2, 3, 4)])
    opened(sitting, office, member)
    voted, waits, settled = sitting.items.order_by("position")
    set_origin(None, BATCH_NUMBER)
    confirm_unanimously(sitting, office, [Wanted(settled.pk, settled.claim.revision)])
    set_origin(None)
    cast_vote(voted, member, "for")
    things["agenda_item"], things["agenda_other"] = voted, waits
    closed = meeting(world, office, member, "已结束的会议")
    opened(closed, office, member)
    things["meeting_closed"] = close_meeting(closed, office, words="", revision=closed.revision)


def paper(world, number):
    """Bring one of the owner's papers before the committee."""
    facts = {**PAPER, "title": f"第 {number} 篇论文", "doi": f"10.1016/j.{number}"}
    return whu_claim("committee", student=world.owner, round_=world.second_round, facts=facts, content=facts["title"])


def meeting(world, office, member, title):
    """Call a meeting of the one member."""
    plan = Plan(title, timezone.now(), "主楼", world.second_round, (member.pk,), member.pk)
    return plan_meeting(world.second.scheme, office, plan)


def opened(row, office, member):
    """Open a meeting."""
    note_presence(row, office, present=[member.pk], chair=member.pk, revision=row.revision)
    row.refresh_from_db()


# --- Forms ---


def meeting_form(world, **more):
    """Return the form of a meeting."""
    member = world.people["committee"].pk
    at = f"{timezone.localtime():%Y-%m-%dT%H:%M}"
    return {"scheme": SCHEME, "title": "又一次会议", "held_at": at, "members": [member], "chair": member, **more}


def revised(world, thing, **more):
    """Return a form that carries the revision that its page showed."""
    row = world.things[thing]
    row.refresh_from_db()
    return {"revision": row.revision, **more}


def presence(world):
    """Return the form that opens the meeting."""
    member = world.people["committee"].pk
    return revised(world, "meeting", present=[member], chair=member)


def decision(world):
    """Return the form that lets the experts' result stand."""
    claim = world.things["agenda_item"].claim
    claim.refresh_from_db()
    return {"verb": "confirm", "revision": claim.revision}


def unanimous(world):
    """Return the form that confirms what everybody agrees to."""
    item = world.things["agenda_item"]
    item.claim.refresh_from_db()
    return {"row": [f"{item.pk}:{item.claim.revision}"]}


FORMS = {
    "review:meeting_new": meeting_form,
    "review:meeting_edit": lambda world: meeting_form(world, **revised(world, "meeting")),
    "review:meeting_agenda": lambda world: {"verb": "add", "row": [world.things["listable"].pk]},
    "review:meeting_order": lambda world: {f"position-{world.things['agenda_other'].pk}": "0"},
    "review:meeting_presence": presence,
    "review:meeting_unanimous": unanimous,
    "review:meeting_close": lambda world: revised(world, "sitting", note="材料齐全。"),
    "review:agenda_vote": lambda _world: {"ballot": "for"},
    "review:agenda_decide": decision,
}
EVENTS = {
    "review:meeting_new": ["create"],
    "review:meeting_edit": ["change"],
    "review:meeting_agenda": ["add_items"],
    "review:meeting_order": ["order_items"],
    "review:meeting_presence": ["open"],
    "review:meeting_unanimous": ["confirm"],
    "review:meeting_close": ["close"],
    "review:meeting_export": ["export"],
    "review:agenda_vote": ["vote"],
    "review:agenda_decide": ["confirm"],
    "review:agenda_remove": ["remove_item"],
}
