"""A category of the pack: what it asks, its tables of figures, its steps, its proofs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _

import credits.evaluation.kinds  # noqa: F401 (enters every kind in the registry)
from credits.evaluation.facts import FIELD_KINDS, NUMERIC
from credits.evaluation.kinds.lookups import REST
from credits.evaluation.pack.general import STAGE_ROLES
from credits.evaluation.pack.positions import Path
from credits.evaluation.pack.reader import Reader
from credits.evaluation.registry import KINDS, RESULT
from credits.evaluation.scheme import (
    AtMost,
    Category,
    Choice,
    Clause,
    EvidenceItem,
    FactField,
    PlannedStep,
    Row,
    ShownWhen,
    Table,
)
from credits.evaluation.spans import Span, plain

CHANNELS = ("student", "office")
_NUMBER = re.compile(r"\d+(\.\d+)?")


def read_category(reader: Reader, clauses: Iterable[Clause]) -> Category:
    """One category, with the articles that speak of it as its rule text."""
    code = reader.text("code")
    mine = [clause for clause in clauses if code in clause.categories]
    category = Category(
        code=code,
        name=reader.text("name"),
        channel=reader.one_of("channel", CHANNELS),
        unit=reader.text_or("unit"),
        recorder_role=reader.one_of("recorder_role", STAGE_ROLES, ""),
        summary=reader.text_or("summary"),
        fields=tuple(_read_field(field) for field in reader.children("field")),
        checks=tuple(_read_check(check) for check in reader.children("check")),
        tables=MappingProxyType(
            {name: _read_table(name, table) for name, table in reader.named_children("table").items()}
        ),
        steps=tuple(step for step in map(_read_step, reader.children("step")) if step is not None),
        evidence=tuple(_read_evidence(item) for item in reader.children("evidence")),
        clauses=tuple(clause.id for clause in mine),
        rule_text=_rule_text(mine, ""),
        college_rule_text=_college_texts(mine),
        assumed=reader.flag("assumed"),
        note=reader.text_or("note"),
    )
    _check_channel(reader, category)
    reader.finish()
    return category


def _check_channel(reader: Reader, category: Category) -> None:
    if category.channel == "office" and not category.unit:
        reader.problem("unit", _("由部门录入的类别要写明部门"))
    if category.channel == "student" and not category.evidence:
        reader.problem("evidence", _("由学生申报的类别至少要有一项证明材料"))


def _rule_text(clauses: list[Clause], college: str) -> str:
    return "\n".join(f"{clause.cite}　{clause.text}" for clause in clauses if clause.college == college)


def _college_texts(clauses: list[Clause]) -> MappingProxyType[str, str]:
    colleges = dict.fromkeys(clause.college for clause in clauses if clause.college)
    return MappingProxyType({college: _rule_text(clauses, college) for college in colleges})


def _read_field(reader: Reader) -> FactField:
    kind = reader.one_of("kind", FIELD_KINDS)
    field = FactField(
        name=reader.text("name"),
        label=reader.text("label"),
        kind=kind,
        required=reader.flag("required", default=True),
        choices=tuple(Choice(choice, choice) for choice in reader.texts("choices")),
        choices_from=reader.text_or("choices_from"),
        help=reader.text_or("help"),
        shown_when=_read_condition(reader),
        min=_least(reader, kind),
        max=reader.decimal_or("max"),
        unit=reader.text_or("unit"),
        otherwise=reader.text_or("otherwise"),
    )
    if field.kind == "choice" and bool(field.choices) == bool(field.choices_from):
        reader.problem("choices", _("选择项要有 choices 或 choices_from，且只有一个"))
    if field.min is not None and field.max is not None and field.min > field.max:
        reader.problem("min", _("min 大于 max"))
    reader.finish()
    return field


def _least(reader: Reader, kind: str) -> Decimal | None:
    """The smallest number allowed: nothing that is counted goes below zero, so no points can."""
    least = reader.decimal_or("min")
    return (least or Decimal(0)) if kind in NUMERIC else least


def _read_condition(reader: Reader) -> ShownWhen | None:
    if "shown_when" not in reader:
        return None
    condition = reader.child("shown_when")
    shown_when = ShownWhen(field=condition.text("field"), values=condition.texts("is", least=1))
    condition.finish()
    return shown_when


def _read_check(reader: Reader) -> AtMost:
    check = AtMost(lower=reader.text("number"), upper=reader.text("at_most"), message=reader.text("message"))
    reader.finish()
    return check


def _read_evidence(reader: Reader) -> EvidenceItem:
    item = EvidenceItem(
        code=reader.text("code"),
        name=reader.text("name"),
        required=reader.flag("required", default=True),
        help=reader.text_or("help"),
        shown_when=_read_condition(reader),
    )
    reader.finish()
    return item


def _read_step(reader: Reader) -> PlannedStep | None:
    kind = reader.one_of("rule", KINDS)
    if kind not in KINDS:
        return None  # noted already; its other keys cannot be judged
    step = PlannedStep(
        rule=KINDS[kind].read(reader),
        label=reader.text("label"),
        clause=reader.text("clause"),
        into=reader.text_or("into", RESULT),
        assumed=reader.flag("assumed"),
    )
    reader.finish()
    return step


def _read_table(code: str, reader: Reader) -> Table:
    by, stepped = reader.texts("by", least=1), reader.flag("stepped")
    if stepped and len(by) != 1:
        reader.problem("by", _("分档表只能有一个键"))
        stepped = False  # its rows cannot be judged as thresholds
    colleges = reader.named_children("college")
    table = Table(
        code=code,
        label=reader.text("label"),
        by=by,
        rows=_read_rows(reader, len(by), stepped=stepped),
        value_label=reader.text_or("value"),
        stepped=stepped,
        clause=reader.text("clause"),
        assumed=reader.flag("assumed"),
        note=reader.text_or("note"),
        college_rows=MappingProxyType(
            {name: _read_rows(college, len(by), stepped=stepped) for name, college in colleges.items()}
        ),
        college_clauses=MappingProxyType({name: college.text("clause") for name, college in colleges.items()}),
    )
    for college in colleges.values():
        college.finish()
    reader.finish()
    return table


def _read_rows(reader: Reader, keys: int, *, stepped: bool) -> tuple[Row, ...]:
    rows: list[Row] = []
    for path, cells in reader.rows("rows", least=1):
        row = _read_row(reader, path, cells, keys)
        if row is None:
            continue
        if row.keys in {known.keys for known in rows}:
            reader.problem_at(path, _("“%(keys)s”出现了两次") % {"keys": "，".join(row.keys)})
        rows.append(row)
    if stepped:
        _check_thresholds(reader, rows)
    return tuple(rows)


def _read_row(reader: Reader, path: Path, cells: list[Any], keys: int) -> Row | None:
    if len(cells) not in {keys + 1, keys + 2}:
        message = _("每行应为 %(keys)s 个键加一个分值（或最低、最高两个分值），这里有 %(cells)s 格")
        reader.problem_at(path, message % {"keys": keys, "cells": len(cells)})
        return None
    low = reader.number_at((*path, keys), cells[keys])
    high = reader.number_at((*path, len(cells) - 1), cells[-1])
    if low > high:
        reader.problem_at(path, _("最低分值大于最高分值"))
    return Row(keys=tuple(_key_text(cell) for cell in cells[:keys]), value=Span(low, high))


def _key_text(cell: object) -> str:
    return plain(Decimal(cell)) if isinstance(cell, int | Decimal) and not isinstance(cell, bool) else str(cell).strip()


def _check_thresholds(reader: Reader, rows: list[Row]) -> None:
    limits = [row.keys[0] for row in rows]
    if REST in limits[:-1]:
        reader.problem("rows", _("“*”（其余）只能是最后一行"))
    numbers = [limit for limit in limits if limit != REST]
    if not all(_NUMBER.fullmatch(number) for number in numbers):
        reader.problem("rows", _("分档表的键应为上限数字，最后一行可以是“*”"))
    elif any(Decimal(low) >= Decimal(high) for low, high in pairwise(numbers)):
        reader.problem("rows", _("各档上限须由小到大"))
