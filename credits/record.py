"""The review record (审核记录): the trail as a student may read it, saves of one sitting told as one line."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from credits.moves import CLAIM_MOVES
from credits.stages import stage_of
from portal.enums import Role
from portal.points import format_points

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    from credits.models import Claim, ClaimEvent, Submission

QUIET = frozenset({"save", "attach", "detach"})
NAMELESS = frozenset({Role.EXPERT, Role.COMMITTEE})


@dataclass(slots=True)
class Entry:
    """One line of the record."""

    status: str
    title: str
    who: str
    at: datetime.datetime
    text: str = ""
    changes: list[dict[str, str]] = field(default_factory=list)


def record_of(claim: Claim, events: Iterable[ClaimEvent], submissions: Iterable[Submission]) -> list[Entry]:
    """Return the lines, newest first; a second handing-in says what was amended."""
    handed_in = sorted(submissions, key=lambda row: row.revision)
    lines: list[Entry] = []
    quiet: list[ClaimEvent] = []
    count = 0
    for event in events:
        if event.verb in QUIET:
            quiet.append(event)
            continue
        lines += _sitting(quiet)
        quiet = []
        entry = _entry(claim, event)
        if event.verb == "submit":
            if 0 < count < len(handed_in):
                entry.changes = amended(claim, handed_in[count - 1].content, handed_in[count].content)
            count += 1
        lines.append(entry)
    lines += _sitting(quiet)
    return lines[::-1]


def _entry(claim: Claim, event: ClaimEvent) -> Entry:
    return Entry(
        status=event.to_state.partition(":")[0] or "draft",
        title=_title(claim, event),
        who=who(event),
        at=event.at,
        text=event.reason,
    )


def _title(claim: Claim, event: ClaimEvent) -> str:
    if event.verb == "start":
        return _("建立草稿")
    if event.verb == "record":
        points = format_points(claim.recognised_points)
        return _("录入并认定 %(points)s") % {"points": points}
    label = str(CLAIM_MOVES[event.verb].label)
    stage = stage_of(claim.scheme_version, event.from_state.partition(":")[2])
    if stage is None:
        return label
    said = {"stage": stage.name, "label": label}
    given = event.after.get("recognised_points")
    if event.verb != "approve" or not given:
        return _("%(stage)s：%(label)s") % said
    return _("%(stage)s：%(label)s，认定 %(points)s") % {**said, "points": format_points(Decimal(given))}


def who(event: ClaimEvent) -> str:
    """Return the actor as a student may know them: experts and committees by their role alone."""
    role = dict(Role.choices).get(event.actor_role, "")
    if event.actor_role in NAMELESS:
        return str(role)
    return _("%(name)s（%(role)s）") % {"name": event.signed_name, "role": role} if role else event.signed_name


def _sitting(events: list[ClaimEvent]) -> list[Entry]:
    """Tell one sitting's saves and files as one line."""
    if not events:
        return []
    told = {
        _("保存 %(count)s 次"): sum(e.verb == "save" for e in events),
        _("上传 %(count)s 个文件"): sum(e.verb == "attach" for e in events),
        _("移除 %(count)s 个文件"): sum(e.verb == "detach" for e in events),
    }
    title = _("填写申报：") + _("，").join(text % {"count": n} for text, n in told.items() if n)
    last = events[-1]
    return [Entry(status=last.to_state, title=title, who=who(last), at=last.at)]


def amended(claim: Claim, before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, str]]:
    """Return what differs between two handings-in, as rows of the difference component."""
    words = claim.scheme_version.data.wording
    rows = [
        (words["content"], before.get("content"), after.get("content")),
        (words["claimed"], before.get("claimed_points"), after.get("claimed_points")),
        (
            _("%(points)s说明") % {"points": words["points_short"]},
            before.get("points_reason"),
            after.get("points_reason"),
        ),
        (words["evidence"], _names(before), _names(after)),
    ]
    labels = {row.name: row.label for row in claim.scheme_version.data.category(claim.category.code).fields}
    old, new = before.get("facts") or {}, after.get("facts") or {}
    rows += [(labels.get(key, key), old.get(key), new.get(key)) for key in dict.fromkeys([*old, *new])]
    return [{"label": a, "before": b or "", "after": c or ""} for a, b, c in rows if (b or "") != (c or "")]


def _names(content: dict[str, Any]) -> str:
    return "、".join(row["name"] for row in content.get("files", ()))
