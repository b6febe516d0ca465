"""How claims go through the house, as the pack states it: stages, eligibility, scoring, publicity."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from django.utils.translation import gettext as _

from credits.evaluation.pack.reader import Reader, did_you_mean
from credits.evaluation.scheme import (
    Counting,
    Eligibility,
    Publicity,
    ReturnReason,
    Sanction,
    Scoring,
    Service,
    ServiceOffice,
    ServiceStep,
    Stage,
    Stages,
)

STAGE_ROLES = ("counsellor", "secretary", "owner_unit", "expert", "office", "committee")
SCOPES = ("class", "college", "unit", "scheme")
ACTS = ("points", "opinion", "score", "confirm")
DAYS = ("calendar", "working")
ABOUT = ("field", "file", "whole")

Part = TypeVar("Part")


def read_if_there(reader: Reader, key: str, read: Callable[[Reader], Part]) -> Part | None:
    """An optional part of the pack, or None; nothing in it may be misspelt."""
    if key not in reader:
        return None
    inner = reader.child(key)
    part = read(inner)
    inner.finish()
    return part


def read_stages(reader: Reader) -> Stages:
    """Both chains of review."""
    stages = Stages(
        claims=tuple(_read_stage(stage) for stage in reader.children("claim", least=1)),
        conversions=tuple(_read_stage(stage) for stage in reader.children("conversion", least=1)),
    )
    reader.finish()
    return stages


def _read_stage(reader: Reader) -> Stage:
    stage = Stage(
        code=reader.text("code"),
        name=reader.text("name"),
        role=reader.one_of("role", STAGE_ROLES),
        scope=reader.one_of("scope", SCOPES),
        note=reader.text_or("note"),
        acts=reader.one_of("acts", ACTS, "points"),
        skips_exact=reader.flag("skips_exact"),
    )
    reader.finish()
    return stage


def read_counting(reader: Reader) -> Counting:
    """What counts of several claims for one project."""
    return Counting(highest_only=reader.flag("highest_only"), clause=reader.text("clause"))


def read_eligibility(reader: Reader) -> Eligibility:
    """Who may claim what."""
    once = reader.flag("claim_once")
    return Eligibility(
        clause=reader.text("clause"),
        student_kinds=reader.texts("student_kinds"),
        on_roll=reader.flag("on_roll"),
        during_studies=reader.flag("during_studies"),
        claim_once=once,
        clause_once=reader.text("clause_once") if once else reader.text_or("clause_once"),
    )


def read_scoring(reader: Reader) -> Scoring:
    """How several experts' scores become one."""
    return Scoring(
        least=reader.whole("least", least=1),
        spread_parts=reader.decimal("spread_parts", least=Decimal(1)),
        clause=reader.text("clause"),
        assumed=reader.flag("assumed"),
        note=reader.text_or("note"),
    )


def read_publicity(reader: Reader) -> Publicity:
    """How long results are shown before they hold."""
    return Publicity(
        days=reader.whole("days", least=1),
        counting=reader.one_of("counting", DAYS),
        clause=reader.text("clause"),
        note=reader.text_or("note"),
    )


def read_sanction(reader: Reader) -> Sanction:
    """What follows fraud."""
    return Sanction(
        appeal_days=reader.whole("appeal_days", least=1),
        clause=reader.text("clause"),
        assumed=reader.flag("assumed"),
        note=reader.text_or("note"),
    )


def read_return_reason(reader: Reader) -> ReturnReason:
    """A reason that reviewers choose when they return a claim."""
    reason = ReturnReason(code=reader.text("code"), text=reader.text("text"), about=reader.texts("about"))
    for word in reason.about:
        if word not in ABOUT:
            options = {"value": word, "options": "、".join(ABOUT)}
            reader.problem("about", _("“%(value)s”不是可用的值（%(options)s）") % options + did_you_mean(word, ABOUT))
    reader.finish()
    return reason


def read_service(reader: Reader) -> Service:
    """What the public service page says beside the regulation."""
    return Service(
        description=reader.text("description"),
        conditions=reader.texts("conditions"),
        steps=tuple(_read_step(step) for step in reader.children("step")),
        offices=tuple(_read_office(office) for office in reader.children("office")),
    )


def _read_step(reader: Reader) -> ServiceStep:
    step = ServiceStep(title=reader.text("title"), text=reader.text("text"))
    reader.finish()
    return step


def _read_office(reader: Reader) -> ServiceOffice:
    office = ServiceOffice(
        name=reader.text("name"),
        phone=reader.text_or("phone"),
        place=reader.text_or("place"),
        hours=reader.text_or("hours"),
        note=reader.text_or("note"),
    )
    reader.finish()
    return office
