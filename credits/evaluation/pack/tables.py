"""Tables of figures, as the pack states them."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _

from credits.evaluation.kinds.lookups import REST
from credits.evaluation.pack.positions import Path
from credits.evaluation.pack.reader import Reader
from credits.evaluation.scheme import Row, Table
from credits.evaluation.spans import Span, plain

_NUMBER = re.compile(r"\d+(\.\d+)?")


def read_table(code: str, reader: Reader) -> Table:
    """A table of figures, with the colleges' own rows."""
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
