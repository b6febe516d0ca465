"""The cells that every office form has: names and values side by side, figures, what somebody told."""

from __future__ import annotations

from portal.paper.lines import Paragraph, Span
from portal.paper.tables import Cell, Row


def named(text: str, *, shaded: bool = False) -> Cell:
    """Return the name of what stands beside it or, shaded, below it."""
    return Cell((Paragraph((Span(text, 9.5, hei=True),), "center", leading=1.3),), shaded=shaded)


def plain(text: str, span: int = 1) -> Cell:
    """Return a value over so many columns."""
    return Cell((Paragraph((Span(text),)),), span)


def middle(text: str) -> Cell:
    """Return a value in the middle of its column."""
    return Cell((Paragraph((Span(text),), "center"),))


def big(text: str, *below: Paragraph) -> Cell:
    """Return the figure that the form is about, and what explains it."""
    return Cell((Paragraph((Span(text, 13, hei=True),), "center", leading=1.2), *below))


def pairs(*said: tuple[str, str], last: int = 1, down: float = 1.5) -> Row:
    """Return names and values side by side; the last value over so many columns."""
    cells: list[Cell] = []
    for number, (label, value) in enumerate(said, 1):
        cells += [named(label), plain(value, last if number == len(said) else 1)]
    return Row(tuple(cells), down)


def told(label: str, paragraphs: tuple[Paragraph, ...], *, down: float = 2) -> Row:
    """Return what somebody says, with room around it."""
    return Row((named(label), Cell(paragraphs, across=3)), down)
