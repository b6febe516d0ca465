"""Figures found in a table: level by award, factors of a competition, fixed amounts, amounts by threshold."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from django.utils.translation import gettext as _

from credits.evaluation.context import Context, Impossible
from credits.evaluation.pack.reader import Reader
from credits.evaluation.registry import Names, Result, Rule, rule_kind
from credits.evaluation.scheme import Row, Table
from credits.evaluation.spans import Span

REST = "*"


def find_row(table: Table, context: Context) -> Row:
    """The row of the table that fits the facts; raises Impossible at the fact that fits none."""
    if table.stepped:
        return _threshold(table, table.rows_for(context.college), context)
    row = row_by_keys(table, context)
    if row is None:
        wanted = "，".join(_keys(table, context))
        message = _("“%(table)s”中没有“%(keys)s”这一项") % {"table": table.label, "keys": wanted}
        raise Impossible(context.source(table.by[-1]), message)
    return row


def row_by_keys(table: Table, context: Context) -> Row | None:
    """The row whose keys are the facts, or None."""
    wanted = tuple(context.text(name) for name in table.by)
    return next((row for row in table.rows_for(context.college) if row.keys == wanted), None)


def _keys(table: Table, context: Context) -> list[str]:
    """The facts that choose a row, as people read them: a row may have no second key."""
    return [text for text in map(context.text, table.by) if text]


def _threshold(table: Table, rows: tuple[Row, ...], context: Context) -> Row:
    (name,) = table.by
    number = context.span(name).low
    for row in rows:
        if row.keys[0] == REST or number <= Decimal(row.keys[0]):
            return row
    raise Impossible(
        context.source(name),
        _("“%(label)s”为 %(number)s，超出了“%(table)s”")
        % {"label": context.label(name), "number": Span.exactly(number), "table": table.label},
    )


def look_up(table: Table, context: Context) -> Result:
    """The figure of the table, with the clause of whoever set the row."""
    row = find_row(table, context)
    shown = "，".join(_keys(table, context))
    return Result(
        value=row.value,
        inputs=context.shown(*table.by),
        formula=f"{table.label}（{shown}）= {row.value}",
        article=table.clause_for(context.college, row.keys),
    )


@rule_kind("lookup")
@dataclass(frozen=True, slots=True)
class Lookup(Rule):
    """The value of a table's row: exact points, a factor, or the range that the row leaves to judgement."""

    table: str

    @classmethod
    def read(cls, reader: Reader) -> Self:
        return cls(table=reader.text("table"))

    @property
    def reads(self) -> tuple[str, ...]:
        return ()

    @property
    def tables(self) -> tuple[str, ...]:
        return (self.table,)

    def apply(self, context: Context) -> Result:
        return look_up(context.table(self.table), context)

    def words(self, names: Names) -> str:
        return _("按“%(table)s”取值") % {"table": names.table(self.table)}
