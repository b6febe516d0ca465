"""The 审核记录 of an application: its events, told for people."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversion.models import Relevance
from conversion.moves import APPLICATION_MOVES
from credits.stages import stage_of, stages
from portal.enums import Role, Status

if TYPE_CHECKING:
    from conversion.models import Application, ApplicationEvent
    from portal.models import EventBase

FIELDS: dict[str, str | Promise] = {
    "total": gettext_lazy("转换积分合计"),
    "grade": gettext_lazy("对应课程成绩"),
    "reason": gettext_lazy("申请理由"),
    "phone": gettext_lazy("联系电话"),
    "email": "email",
}
JUDGING = frozenset({"approve", "return", "refuse"})
# What the verbs of an offset are called where a graded conversion says otherwise.
OFFSET_LABELS = {"revoke": gettext_lazy("撤销冲抵")}
OFFSET_FIELDS = {**FIELDS, "total": gettext_lazy("冲抵合计"), "grade": gettext_lazy("登记为")}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the record, as the timeline component wants it."""

    status: str
    title: str
    who: str
    at: datetime.datetime
    text: str = ""
    changes: list[dict[str, Any]] = field(default_factory=list)


def history_of(application: Application) -> list[Entry]:
    """Return the record, the newest first; savings in a row are told once, by the last of them."""
    entries: list[Entry] = []
    for verb, events in groupby(application.events.order_by("pk"), key=lambda event: event.verb):
        rows = list(events)
        told = rows[-1:] if verb == "save" else rows
        entries += [_entry(application, event) for event in told]
    return entries[::-1]


def _who(event: ApplicationEvent) -> str:
    if not event.actor_role:
        return event.signed_name
    return _("%(name)s（%(role)s）") % {"name": event.signed_name, "role": Role(event.actor_role).label}


def _entry(application: Application, event: ApplicationEvent) -> Entry:
    status = event.to_state.partition(":")[0]
    return Entry(
        status=status if status in Status.values else Status.DRAFT,
        title=_title(application, event),
        who=_who(event),
        at=event.at,
        text=_text(event),
        changes=_changes(application, event) if event.verb == "save" else [],
    )


def _title(application: Application, event: ApplicationEvent) -> str:
    if event.verb == "start":
        return _("填写申请")
    if event.verb == "submit":
        return _("提交申请")
    stage = stage_of(application.scheme_version, event.from_state.partition(":")[2], "conversions")
    own = OFFSET_LABELS if application.offsets else {}
    label = str(own.get(event.verb, APPLICATION_MOVES[event.verb].label))
    return f"{stage.name}：{label}" if stage else label


def _text(event: ApplicationEvent) -> str:
    return "\n".join([*([event.reason] if event.reason else []), *offset_lines(event)])


def offset_lines(event: EventBase) -> list[str]:
    """Return what a verb set of an offset: the judged relevance, the formal notice's number."""
    lines = []
    if event.verb in JUDGING and (relevance := event.after.get("relevance")):
        words = {"relevance": Relevance(relevance).label, "reason": event.after.get("relevance_reason", "")}
        lines.append(_("%(relevance)s：%(reason)s") % words)
    if notice := event.after.get("notice"):
        lines.append(_("发文文号：%(notice)s") % {"notice": notice})
    return lines


def _changes(application: Application, event: ApplicationEvent) -> list[dict[str, Any]]:
    fields = OFFSET_FIELDS if application.offsets else FIELDS
    return [
        {"label": label, "before": event.before.get(name, ""), "after": event.after.get(name, "")}
        for name, label in fields.items()
        if name in event.after
    ]


def progress_of(application: Application) -> list[dict[str, Any]]:
    """Return the way of an application as the stages component wants it."""
    chain = stages(application.scheme_version, "conversions")
    names = [stage.name for stage in chain]
    if application.offsets and application.scheme_version.data.conversion.publicity is not None:
        names.append(_("公示"))
    done = application.status in {Status.RECOGNISED, Status.REVOKED}
    reached, bad = _reached(application, [stage.code for stage in chain], len(names))
    submitted = application.is_pending or done or application.status == Status.REFUSED
    rows = [{"name": _("填写并提交"), "state": "done" if submitted else "current", "note": ""}]
    for place, name in enumerate(names):
        state = "bad" if place == bad else "done" if place < reached else "current" if place == reached else ""
        rows.append({"name": name, "state": state, "note": ""})
    filed = any(hasattr(form, "filing") for form in application.forms.all())
    last = "done" if filed else "current" if application.status == Status.RECOGNISED else ""
    rows.append({"name": _("打印签字备案"), "state": last, "note": ""})
    return rows


def _reached(application: Application, codes: list[str], steps: int) -> tuple[int, int]:
    """Return the step at which an application stands, and the one that refused it; -1 for neither."""
    if application.status == Status.REFUSED:
        struck = application.offsets and application.events.filter(verb="strike").exists()
        return (steps - 1, steps - 1) if struck else (-1, 0)
    if application.status == Status.PUBLICITY:
        return steps - 1, -1
    if application.status in {Status.RECOGNISED, Status.REVOKED}:
        return steps, -1
    return (codes.index(application.stage) if application.stage in codes else -1), -1
