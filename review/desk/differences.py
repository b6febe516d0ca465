"""What a student changed between two submissions, for the reviewer who asked for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from credits.places import CONTENT, FACT, FILES, POINTS, POINTS_REASON

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from credits.evaluation import FactField


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the difference component; ``place`` is the form's name of the field, ``flagged``: the return asked."""

    label: str
    before: str
    after: str
    place: str = ""
    flagged: bool = False


def changes(
    before: dict[str, Any], after: dict[str, Any], fields: Sequence[FactField], flagged: Collection[str] = ()
) -> list[Change]:
    """Return what differs between the contents of two submissions, in the order of the form.

    ``flagged`` are the places that the return pointed at.
    """
    labels = {field.name: field.label for field in fields}
    old, new = before.get("facts", {}), after.get("facts", {})
    names = [name for name in labels if name in {**old, **new}] + sorted({*old, *new} - set(labels))
    rows: list[tuple[str, str, Any, Any]] = [
        (CONTENT, _("具体内容"), before.get("content"), after.get("content")),
        *((FACT + name, str(labels.get(name, name)), old.get(name), new.get(name)) for name in names),
        (POINTS, _("申请分值"), before.get("claimed_points"), after.get("claimed_points")),
        (POINTS_REASON, _("分值说明"), before.get("points_reason"), after.get("points_reason")),
        (FILES, _("证明材料"), _files(before, after), _files(after, before)),
    ]
    return [
        Change(label, _word(one), _word(two), place, flagged=place in flagged)
        for place, label, one, two in rows
        if _word(one) != _word(two)
    ]


def _files(mine: dict[str, Any], other: dict[str, Any]) -> str:
    """Name the files that only one side has: the rest is the same and would hide the news."""
    known = {row["sha256"] for row in other.get("files", [])}
    return "、".join(row["name"] for row in mine.get("files", []) if row["sha256"] not in known)


def _word(value: object) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return "" if value is None else str(value)
