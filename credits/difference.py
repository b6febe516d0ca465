"""What differs between two texts of a regulation: line by line, article by article, figure by figure."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from credits.evaluation.spans import plain

CONTEXT = 3
LONGEST = 20_000  # characters of an article that are compared one by one; a longer one is shown as a whole


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the comparison: same, added, removed, or gap (lines that are left out); numbers count from 1."""

    kind: str
    text: str = ""
    old: int | None = None
    new: int | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of an article that stands in both texts, or in this one only."""

    text: str
    own: bool


@dataclass(frozen=True, slots=True)
class ArticleChange:
    """One article that was added, removed or changed, with both texts in pieces."""

    document: str
    number: str
    kind: str
    before: tuple[Piece, ...] = ()
    after: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class FigureChange:
    """One row of a table whose figure differs; an empty figure says that there is no such row."""

    category: str
    table: str
    keys: tuple[str, ...]
    before: str
    after: str

    @property
    def kind(self) -> str:
        if not self.before:
            return "added"
        return "changed" if self.after else "removed"


def compared_lines(old: str, new: str) -> list[Line]:
    """Return what differs with a few lines around it, in the order of the texts."""
    before, after = old.splitlines(), new.splitlines()
    found: list[Line] = []
    for group in difflib.SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(CONTEXT):
        if found or group[0][1] > 0:
            found.append(Line("gap"))
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                found += [Line("same", before[i], i + 1, j1 + i - i1 + 1) for i in range(i1, i2)]
                continue
            found += [Line("removed", before[i], i + 1) for i in range(i1, i2)]
            found += [Line("added", after[j], None, j + 1) for j in range(j1, j2)]
    return found


def compared_articles(old: str, new: str) -> list[ArticleChange]:
    """Return the articles that differ, those of the new text in its order, then those that are gone."""
    before, after = _articles(old), _articles(new)
    found = []
    for key, (document, number, text) in after.items():
        earlier = before.get(key)
        if earlier is None:
            found.append(ArticleChange(document, number, "added", after=(Piece(text, own=True),)))
        elif earlier[2] != text:
            found.append(ArticleChange(document, number, "changed", *_pieces(earlier[2], text)))
    for key, (document, number, text) in before.items():
        if key not in after:
            found.append(ArticleChange(document, number, "removed", before=(Piece(text, own=True),)))
    return found


def compared_figures(old: str, new: str) -> list[FigureChange]:
    """Return the rows of tables that were added, removed or got another figure."""
    before, after = _figures(old), _figures(new)
    rows = dict.fromkeys([*after, *before])
    return [
        FigureChange(*place, keys, before.get((place, keys), ""), after.get((place, keys), ""))
        for place, keys in rows
        if before.get((place, keys)) != after.get((place, keys))
    ]


def _pieces(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    if max(len(old), len(new)) > LONGEST:
        return (Piece(old, own=True),), (Piece(new, own=True),)
    before, after = [], []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if i1 < i2:
            before.append(Piece(old[i1:i2], own=tag != "equal"))
        if j1 < j2:
            after.append(Piece(new[j1:j2], own=tag != "equal"))
    return tuple(before), tuple(after)


def _load(text: str) -> dict[str, Any]:
    """Return the text's data; nothing when it is no TOML: then only its lines can be compared."""
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError:
        return {}


def _articles(text: str) -> dict[tuple[str, str], tuple[str, str, str]]:
    """Return (document, article) → title, number, text; what has another shape is left out."""
    found = {}
    for document in _tables(_load(text), "document"):
        for article in _tables(document, "article"):
            words = str(article.get("text", "")).strip()
            place = (str(document.get("code", "")), str(article.get("id", "")))
            found[place] = (str(document.get("title", "")), str(article.get("number", "")), words)
    return found


Place = tuple[str, str]


def _figures(text: str) -> dict[tuple[Place, tuple[str, ...]], str]:
    """Return (category, table), keys → figure; a college's own rows carry its code as a first key."""
    found: dict[tuple[Place, tuple[str, ...]], str] = {}
    for category in _tables(_load(text), "category"):
        tables = category.get("table", {})
        for table in tables.values() if isinstance(tables, Mapping) else ():
            if not isinstance(table, Mapping) or not isinstance(table.get("by"), list):
                continue
            place = (str(category.get("name", "")), str(table.get("label", "")))
            for first, rows in _row_lists(table):
                for row in rows:
                    keys, figures = row[: len(table["by"])], row[len(table["by"]) :]
                    found[place, (*first, *map(_shown, keys))] = "–".join(map(_shown, figures))
    return found


def _row_lists(table: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], list[list[Any]]]]:
    yield (), [row for row in table.get("rows", ()) if isinstance(row, list)]
    colleges = table.get("college", {})
    for code, own in colleges.items() if isinstance(colleges, Mapping) else ():
        if isinstance(own, Mapping):
            yield (str(code),), [row for row in own.get("rows", ()) if isinstance(row, list)]


def _tables(holder: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = holder.get(key, ())
    return [row for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []


def _shown(cell: Any) -> str:
    if isinstance(cell, bool):
        return str(cell).lower()
    return plain(Decimal(cell)) if isinstance(cell, int | Decimal) else str(cell)
