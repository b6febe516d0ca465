"""A regulation as people read it: the articles of each document, each with the tables of figures that rest on it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from credits.evaluation.describe import Block, describe_scheme
from credits.evaluation.passages import Passage, passages

if TYPE_CHECKING:
    from credits.evaluation import SchemeData
    from credits.evaluation.scheme import Clause, Document, ServiceOffice

PHONE = re.compile(r"\+?[0-9][0-9 ()\-]*")


@dataclass(frozen=True, slots=True)
class Article:
    """One article with its number as the document prints it and its text.

    ``tables`` are those that rest on it, each with the title of its part; none where the text prints them itself.
    """

    clause: Clause
    number: str
    passages: tuple[Passage, ...]
    tables: tuple[tuple[str, Block], ...]


@dataclass(frozen=True, slots=True)
class Regulation:
    """One document with its articles; ``college`` is the name of the college whose own it is."""

    document: Document
    articles: tuple[Article, ...]
    college: str = ""


def regulations(data: SchemeData) -> tuple[Regulation, ...]:
    """Return the documents of a version, the university's before the colleges' own."""
    tables = _tables(data)
    names = {college.code: college.name for college in data.colleges}
    ordered = sorted(data.documents, key=lambda document: bool(document.college))
    return tuple(
        Regulation(
            document,
            tuple(_article(document, clause, tables.get(clause.id, ())) for clause in document.clauses),
            names.get(document.college, ""),
        )
        for document in ordered
    )


def _article(document: Document, clause: Clause, tables: tuple[tuple[str, Block], ...]) -> Article:
    text = passages(clause.text)
    printed = any(passage.is_table for passage in text)
    return Article(clause, clause.cite.removeprefix(document.short), text, () if printed else tables)


def _tables(data: SchemeData) -> dict[str, tuple[tuple[str, Block], ...]]:
    """Return clause → its tables, each with the title of the part that it belongs to."""
    found: dict[str, tuple[tuple[str, Block], ...]] = {}
    for section in describe_scheme(data):
        for block in section.blocks:
            if block.kind == "table" and block.article:
                found[block.article] = (*found.get(block.article, ()), (section.title, block))
    return found


def procedure(data: SchemeData) -> list[tuple[str, str]]:
    """Return the steps of the procedure, title and text: the scheme's own words, else its chain of review."""
    if data.service and data.service.steps:
        return [(step.title, step.text) for step in data.service.steps]
    first = (_("学生申报"), _("在申报时间内填写并提交，附证明材料。"))
    return [first, *((stage.name, stage.note) for stage in data.stages.claims)]


def offices(data: SchemeData) -> list[tuple[ServiceOffice, str]]:
    """Return whom to ask, each with what a telephone dials."""
    return [(office, dialled(office.phone)) for office in data.service.offices] if data.service else []


def dialled(phone: str) -> str:
    """Return the first number of a line such as 027-1234 5678 转 2, as a telephone takes it."""
    found = PHONE.search(phone)
    return "".join(sign for sign in found[0] if sign.isdecimal() or sign == "+") if found else ""
