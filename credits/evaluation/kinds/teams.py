"""Shares of a team's result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from django.utils.translation import gettext as _

from credits.evaluation.context import Context
from credits.evaluation.kinds.lookups import look_up
from credits.evaluation.pack.reader import Reader
from credits.evaluation.registry import Names, Result, Rule, rule_kind
from credits.evaluation.spans import Span


@rule_kind("first_share")
@dataclass(frozen=True, slots=True)
class FirstShare(Rule):
    """The first `first` members share the maximum: each counts in full; later ones by a table, or not at all."""

    rank: str
    first: int
    table: str

    @classmethod
    def read(cls, reader: Reader) -> Self:
        return cls(rank=reader.text("rank"), first=reader.whole("first", least=1), table=reader.text_or("table"))

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.rank,)

    @property
    def tables(self) -> tuple[str, ...]:
        return (self.table,) if self.table else ()

    def apply(self, context: Context) -> Result:
        rank = context.whole(self.rank)
        inputs = context.shown(self.rank)
        if rank <= self.first:
            return Result(Span.exactly(1), inputs, f"{rank} ≤ {self.first} → 1")
        if self.table:
            return look_up(context.table(self.table), context)
        return Result(Span.exactly(0), inputs, f"{rank} > {self.first} → 0")

    def words(self, names: Names) -> str:
        first = {"rank": names.of(self.rank), "first": self.first}
        if not self.table:
            return _("%(rank)s前 %(first)s 名均按满分计，其后不计") % first
        return _("%(rank)s前 %(first)s 名均按满分计，其后按“%(table)s”") % {
            **first,
            "table": names.table(self.table),
        }
