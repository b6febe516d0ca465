"""Conditions that must hold before anything is scored: a fact that must be so, a number that must reach a threshold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from django.utils.translation import gettext as _

from credits.evaluation.context import Context, Impossible
from credits.evaluation.kinds.lookups import row_by_keys
from credits.evaluation.pack.reader import Reader
from credits.evaluation.registry import Names, Result, Rule, rule_kind
from credits.evaluation.scheme import Row, Table


@rule_kind("require")
@dataclass(frozen=True, slots=True)
class Require(Rule):
    """The fact must have one of these values, or nothing counts; `message` tells the student why."""

    fact: str
    values: tuple[str, ...]
    message: str

    @classmethod
    def read(cls, reader: Reader) -> Self:
        return cls(fact=reader.text("fact"), values=reader.texts("is", least=1), message=reader.text("message"))

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.fact,)

    @property
    def makes(self) -> str:
        return f"{self.fact}_required"

    def apply(self, context: Context) -> Result:
        if self.fact not in context.values or context.text(self.fact) not in self.values:
            raise Impossible(context.source(self.fact), self.message)
        inputs = context.shown(self.fact)
        (shown,) = inputs.values()
        colon = _("：")
        return Result(shown, inputs, f"{context.label(self.fact)}{colon}{shown}", source=context.source(self.fact))

    def words(self, names: Names) -> str:
        return _("要求“%(fact)s”；不符合的：%(message)s") % {"fact": names.of(self.fact), "message": self.message}


@rule_kind("at_least")
@dataclass(frozen=True, slots=True)
class AtLeast(Rule):
    """The number must reach the figure of the row that fits; where no row fits, there is no threshold."""

    fact: str
    table: str

    @classmethod
    def read(cls, reader: Reader) -> Self:
        return cls(fact=reader.text("fact"), table=reader.text("table"))

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.fact,)

    @property
    def tables(self) -> tuple[str, ...]:
        return (self.table,)

    @property
    def makes(self) -> str:
        return f"{self.fact}_reached"

    def apply(self, context: Context) -> Result:
        table = context.table(self.table)
        row = self._row(table, context)
        if row is None:
            return Result(_("不要求"), context.shown(*table.by), _("%(table)s：不要求") % {"table": table.label})
        number, least = context.span(self.fact), row.value
        if number.low < least.low:
            message = _("“%(label)s”为 %(number)s，“%(table)s”要求至少 %(least)s")
            labels = {"label": context.label(self.fact), "table": table.label}
            raise Impossible(context.source(self.fact), message % {**labels, "number": number, "least": least})
        inputs = context.shown(self.fact, *table.by)
        article = table.clause_for(context.college, row.keys)
        return Result(number, inputs, f"{number} ≥ {least}", article=article, source=context.source(self.fact))

    def _row(self, table: Table, context: Context) -> Row | None:
        if any(name not in context.values for name in table.by):
            return None
        return row_by_keys(table, context)

    def words(self, names: Names) -> str:
        return _("%(fact)s须达到“%(table)s”") % {"fact": names.of(self.fact), "table": names.table(self.table)}
