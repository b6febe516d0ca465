"""Recognised papers in the small portal: on record, cancelled with a conversion that it fed, appealed; and a key."""

from __future__ import annotations

import datetime

from django.utils import timezone

from credits.services.reader_keys import issue_key
from credits.services.sanctions import file_appeal
from portal.enums import Status
from review.office.sanction_effects import effects_of
from tests.builders import fresh
from tests.sanctions import fed_offset, sanctioned
from tests.whu import PAPER, SCHEME, whu_claim


def records(world):
    """Bring the owner's papers onto the record; the office cancels two, and the owner appeals against one of these."""
    office, things = fresh(world.people["office"]), world.things
    things["on_record"] = recognised(world, office, "on-record")
    things["fed"] = fed_offset(recognised(world, office, "fed"), "1", Status.RECOGNISED, code="G-fed")
    things["sanction"] = sanctioned(things["fed"].lines.get().lot.claim, office=office)
    things["appealed"] = sanctioned(recognised(world, office, "appealed"), office=office)
    file_appeal(things["appealed"], fresh(world.owner.person), words="期刊编辑部弄错了人。")
    things["on_roll"] = world.owner
    things["class"] = world.owner.class_group
    day = timezone.localdate() + datetime.timedelta(days=30)
    things["reader_key"], _secret = issue_key(office, world.second.scheme, name="奖学金系统", expires_on=day)


def recognised(world, office, title):
    """Bring one of the owner's papers into effect."""
    facts = {**PAPER, "title": title, "doi": f"10.5/{title}"}
    told = {"round_": world.second_round, "facts": facts, "content": title, "office": office}
    return whu_claim("recognised", student=world.owner, **told)


# --- Forms ---


def finding(world):
    """Return the form that carries out what was confirmed."""
    row = world.things["on_record"]
    row.refresh_from_db()
    words = {"finding": "署名系冒用。", "measure": "取消该项，以作弊论处", "bar": ""}
    return {"revision": row.revision, **words, "seen": effects_of(row).digest, "verb": "carry_out"}


def fed_form(world):
    """Return the form that lets a conversion stand."""
    row = world.things["fed"]
    row.refresh_from_db()
    return {"revision": row.revision, "verb": "keep", "reason": "课程已修满。"}


def key_form(_world):
    """Return the form of a new key."""
    day = timezone.localdate() + datetime.timedelta(days=10)
    return {"name": "推免系统", "scheme": SCHEME, "expires_on": f"{day}"}


FORMS = {
    "credits:sanction": lambda _world: {"appeal": "我有原件。"},
    "review:claim_sanction": finding,
    "review:sanction_answer": lambda _world: {"upheld": "0", "answer": "经核实属实。"},
    "review:sanction_conversion": fed_form,
    "review:reader_keys": key_form,
}
EVENTS = {
    "credits:sanction": ["appeal"],
    "review:claim_sanction": ["cancel"],
    "review:sanction_answer": ["reject_appeal"],
    "review:sanction_conversion": ["keep"],
    "review:sanctions_export": ["export"],
    "review:records_export": ["export"],
    "review:graduation_export": ["export"],
    "review:report": ["export"],
    "review:statistics_take": ["recount"],
    "review:reader_keys": ["issue"],
    "review:reader_key_revoke": ["revoke"],
}
