"""Rows of a list whose template is rendered once per shape and kept; each row only fills in its values.

Twenty-five rows of fourteen cells through Django's templates cost more than everything else of their page. The row's
template stays an ordinary one (see ``{% kept_rows %}``), it is just not run for every row.
"""

from __future__ import annotations

import secrets
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

KEPT = 2048
# Stands where a value will stand. A number, because {% url %} takes it for a key; drawn at start, so no text holds it.
PLACE = 10**15 + secrets.randbelow(10**14) * 10
PLACES = 1000


def fill_rows(
    template: str, rows: Iterable[Mapping[str, Any]], shape: Sequence[str] = (), **facts: Hashable
) -> SafeString:
    """Return the rows as HTML, every value escaped unless it is marked safe.

    The template sees ``row`` and the facts. It may ask anything of the facts and of the columns that ``shape`` names,
    which are few and have few values: each combination is rendered once and kept. Of the other columns it may only ask
    whether they are empty, and write them; a filter would meet a placeholder.
    """
    said, surroundings = tuple(facts.items()), (get_language(), get_script_prefix())
    kept: dict[tuple[Any, ...], str] = {}
    written = []
    for row in rows:
        key = tuple(_trait(name, value, shape) for name, value in row.items())
        pattern = kept.get(key)
        if pattern is None:
            pattern = kept[key] = _pattern(template, tuple(zip(row, key, strict=True)), said, *surroundings)
        written.append(pattern % {name: _safe(value) for name, value in row.items()})
    return mark_safe("".join(written))  # noqa: S308 - the template's text and escaped values


def _trait(name: str, value: Any, shape: Sequence[str]) -> Any:
    """Return what the row's form depends on: a shape's value, otherwise whether there is one."""
    if name in shape:
        return value
    return value is not None and value != ""


@lru_cache(maxsize=KEPT)
def _pattern(
    template: str, traits: tuple[tuple[str, Any], ...], facts: tuple[tuple[str, Any], ...], *_surroundings: str | None
) -> str:
    """Return the row's HTML with %(name)s where the values belong."""
    places = {name: str(PLACE * PLACES + number) for number, (name, _trait) in enumerate(traits)}
    row = {name: _stand_in(trait, places[name]) for name, trait in traits}
    text = render_to_string(template, {**dict(facts), "row": row}).replace("%", "%%")
    for name, place in places.items():
        text = text.replace(place, f"%({name})s")
    return text


def _stand_in(trait: Any, place: str) -> Any:
    if trait is True:
        return int(place)
    return "" if trait is False else trait


def _safe(value: Any) -> Any:
    return value if isinstance(value, int | SafeString) else escape(str(value))
