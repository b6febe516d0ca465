"""A claim's facts in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from credits.evaluation import SchemeData

# The facts that name an item of the regulation and its level, where a category asks them.
ITEM_FACTS = ("item", "level")


def fact_rows(data: SchemeData, category: str, facts: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return label and value of every fact that was given, in the scheme's order."""
    rows = []
    for field in data.category(category).fields:
        value = str(facts.get(field.name, "") or "")
        if value:
            shown = _("是") if value == "true" else value
            rows.append((field.label, f"{shown} {field.unit}".strip() if field.kind != "choice" else shown))
    return rows
