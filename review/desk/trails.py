"""The review record of a claim or an application, as staff reads it: who did what, when, and why."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from conversion.history import offset_lines
from portal.enums import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.utils.functional import Promise

    from portal.models import EventBase
    from portal.workflow import MoveTable

# Keeping a draft and putting files on it is the student's desk work, not part of the record.
QUIET = frozenset({"save", "attach", "detach"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline component."""

    status: str
    title: str
    who: str
    at: datetime.datetime
    text: str = ""


def entries(
    events: Iterable[EventBase],
    moves: MoveTable,
    *,
    experts: bool = False,
    own: Mapping[str, str | Promise] = MappingProxyType({}),
) -> list[Entry]:
    """Return the record, the newest first; experts are named only to those who may know them.

    ``own`` are labels of verbs in place of the table's.
    """
    titles = {move.verb: str(move.label) for move in moves} | {verb: str(label) for verb, label in own.items()}
    titles |= {"start": _("新建"), "record": _("录入")}
    return [
        Entry(
            status=event.to_state.partition(":")[0] or "draft",
            title=titles.get(event.verb, event.verb),
            who=_who(event, experts=experts),
            at=event.at,
            text=_text(event),
        )
        for event in sorted(events, key=lambda row: -row.pk)
        if event.verb not in QUIET
    ]


def _who(event: EventBase, *, experts: bool) -> str:
    if event.actor_role not in Role.values:
        return event.signed_name
    if event.actor_role == Role.EXPERT and not experts:
        return str(Role.EXPERT.label)
    return _("%(name)s（%(role)s）") % {"name": event.signed_name, "role": Role(event.actor_role).label}


def _text(event: EventBase) -> str:
    lines = [event.reason] if event.reason else []
    after, before = event.after.get("recognised_points"), event.before.get("recognised_points")
    if event.verb in {"approve", "record"} and after and after != before:
        lines.append(_("认定 %(points)s") % {"points": after})
    if event.after.get("form"):
        lines.append(_("申请表 %(number)s") % {"number": event.after["form"]})
    if event.after.get("shelf"):
        lines.append(_("存放位置：%(shelf)s") % {"shelf": event.after["shelf"]})
    lines += offset_lines(event)
    return "\n".join(lines)
