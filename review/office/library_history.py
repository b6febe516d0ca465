"""What was done to a library entry, as lines of a record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credits.enums import LibraryState

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.models import Event

SHOWN = 50
VERBS = {
    "add": gettext_lazy("入库"),
    "change": gettext_lazy("修改"),
    "rule": gettext_lazy("认定级别"),
    "withdraw": gettext_lazy("停用"),
    "restore": gettext_lazy("恢复"),
    "merge": gettext_lazy("并入其他条目"),
}
STATES = {
    "add": "recognised",
    "restore": "recognised",
    "rule": "in_review",
    "withdraw": "revoked",
    "merge": "withdrawn",
}
LABELS = {
    "name": gettext_lazy("名称"),
    "organiser": gettext_lazy("主办单位"),
    "level": gettext_lazy("级别"),
    "suggestions": gettext_lazy("建议分值"),
    "valid_from": gettext_lazy("起始年度"),
    "valid_to": gettext_lazy("截止年度"),
    "ruling": gettext_lazy("级别认定依据"),
    "note": gettext_lazy("说明"),
    "state": gettext_lazy("状态"),
    "merged_into": gettext_lazy("并入"),
}


def history_rows(events: QuerySet[Event]) -> list[dict[str, Any]]:
    """Return the lines for the timeline, newest first; the first taking in needs no list of changes."""
    return [
        {
            "status": STATES.get(event.verb, "draft"),
            "title": str(VERBS.get(event.verb, event.verb)),
            "who": event.signed_name,
            "at": event.at,
            "text": event.reason,
            "changes": _changes(event) if event.before else [],
        }
        for event in events[:SHOWN]
    ]


def _changes(event: Event) -> list[dict[str, str]]:
    names = [name for name in LABELS if name in {**event.before, **event.after}]
    return [
        {
            "label": str(LABELS[name]),
            "before": said_of_entry(name, event.before.get(name)),
            "after": said_of_entry(name, event.after.get(name)),
        }
        for name in names
    ]


def said_of_entry(name: str, value: Any) -> str:
    """Return a fact of an entry as people read it."""
    if name == "suggestions":
        return _("；").join(f"{award} {score}" for award, score in value or ())
    if name == "state":
        return str(dict(LibraryState.choices).get(value, value))
    return "" if value is None else str(value)
