"""Draws the rows of the queues. Plain Python: 25 rows through a template cost more than the rest of their page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from portal.templatetags.portal import tag
from review.desk.dates import time_left

if TYPE_CHECKING:
    import datetime

Row = dict[str, Any]
DUE_ICONS = {"bad": "exclamation-circle", "warn": "clock"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One column: its class, its label, its content as HTML that is already safe, and the order that it offers."""

    css: str
    label: str
    html: Callable[[Row], str]
    sort: str = ""

    @property
    def head(self) -> str:
        """Return the class of the column's heading."""
        return self.css if self.css == "num" else ""


def text(key: str) -> Callable[[Row], str]:
    """Return the content of a column that is one of the row's texts."""
    return lambda row: escape(str(row[key]))


def maybe(key: str) -> Callable[[Row], str]:
    """Return the content of a column that a row may leave empty."""
    return lambda row: escape(str(row[key])) if row[key] else "—"


def moment(key: str) -> Callable[[Row], str]:
    """Return the content of a column that is a day."""
    return lambda row: f"{timezone.localtime(row[key]):%Y-%m-%d}" if row[key] else "—"


def due(until: datetime.datetime | None) -> str:
    """Return how long the stage still has, in words and, where it is late or nearly so, in colour."""
    if until is None:
        return "—"
    words, tone = time_left(until)
    return tag(words, tone, DUE_ICONS[tone]) if tone else escape(words)


def draw(rows: Iterable[Row], cells: list[Cell]) -> SafeString:
    """Return the rows of a table's body."""
    opened = [(f'<td class="{cell.css}"{_label(cell)}>', cell.html) for cell in cells]
    parts = []
    for row in rows:
        parts.append("<tr>")
        parts.extend([f"{opening}{html(row)}</td>" for opening, html in opened])
        parts.append("</tr>")
    return mark_safe("".join(parts))  # noqa: S308 - every cell escapes what people wrote


def _label(cell: Cell) -> str:
    return f' data-label="{escape(cell.label)}"' if cell.label and cell.css != "card-head" else ""


def tick(row: Row) -> str:
    """Return the box that puts a row into a batch."""
    name = escape(f"{row['student__person__name']} {row['content']}")
    value = f"{row['pk']}:{row['revision']}"
    return f'<input class="form-check-input" type="checkbox" name="row" value="{value}" aria-label="{name}">'


def pick(row: Row) -> str:
    """Return the box that puts a form among those to be printed."""
    name = escape(f"{row['student__person__name']} {row['course__name']}")
    return f'<input class="form-check-input" type="checkbox" name="pick" value="{row["pk"]}" aria-label="{name}">'


def student(row: Row) -> str:
    """Return name and number."""
    name, number = escape(row["student__person__name"]), escape(row["student__person__number"])
    return f'<span>{name} <span class="faint">{number}</span></span>'


def course(row: Row) -> str:
    """Return name and code of a course."""
    return f'<span>{escape(row["course__name"])} <span class="faint">{escape(row["course__code"])}</span></span>'


def suggested(row: Row) -> str:
    """Return the suggestion, marked when it is not what the student asks for."""
    return f'<span class="differs">{row["suggested"]}</span>' if row["differs"] else str(row["suggested"])


def linked(content: Callable[[Row], str]) -> Callable[[Row], str]:
    """Return a content that leads to the row's own page."""
    return lambda row: f'<a href="{escape(row["href"])}">{content(row)}</a>'
