"""Items (项目): the lines of a category's tables that a claim names by its facts, for narrowing a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.cache import cache

from credits.models import Category, SchemeVersion
from credits.stages import CACHE_SECONDS, ITEMS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from credits.evaluation.scheme import Category as CategoryData
    from credits.evaluation.scheme import Table


@dataclass(frozen=True, slots=True)
class Item:
    """One line, or all lines under one heading: how an address names it, its label, and the facts that it stands for.

    The name begins with the category, so that an address that changes the category is seen to ask for nothing here.
    """

    name: str
    label: str
    facts: tuple[tuple[str, str], ...]


def items_of(category: int) -> list[Item]:
    """Return the items of a category in all versions of its scheme, because claims keep the version they came under."""
    table: dict[int, list[Item]] = cache.get_or_set(ITEMS, _item_table, CACHE_SECONDS) or {}
    return table.get(category, [])


def _item_table() -> dict[int, list[Item]]:
    keys = {(scheme, code): pk for pk, scheme, code in Category.objects.values_list("pk", "scheme__code", "code")}
    found: dict[int, dict[str, Item]] = {}
    for version in SchemeVersion.objects.select_related("scheme"):
        for data in version.data.categories:
            if (pk := keys.get((version.scheme.code, data.code))) is not None:
                found.setdefault(pk, {}).update({item.name: item for item in _items(pk, data)})
    return {pk: list(items.values()) for pk, items in found.items()}


def _items(pk: int, data: CategoryData) -> Iterator[Item]:
    """Yield headings, each before its lines, in the rows' order: of every table the columns that a form asks for."""
    labels = {field.name: field.label for field in data.fields if field.kind == "choice"}
    for table in data.tables.values():
        names = _chosen_columns(table, labels)
        lines = [row.keys for rows in (table.rows, *table.college_rows.values()) for row in rows]
        headings = (line[:depth] for line in lines for depth in range(1, len(names) + 1) if line[depth - 1])
        for keys in dict.fromkeys(headings):
            facts = tuple(zip(names, keys, strict=False))
            name = "|".join(f"{fact}={key}" for fact, key in facts)
            yield Item(f"{pk}:{name}", f"{labels[names[0]]}：{' · '.join(keys)}", facts)


def _chosen_columns(table: Table, labels: dict[str, str]) -> list[str]:
    """Return the leading columns of a table that are facts somebody chose; what is computed no claim has."""
    names: list[str] = []
    for name in table.by:
        if name not in labels or table.stepped:
            break
        names.append(name)
    return names
