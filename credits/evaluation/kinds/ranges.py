"""Ranges left to judgement, and fixed steps inside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from django.utils.translation import gettext as _

from credits.evaluation.context import Context, Impossible
from credits.evaluation.kinds.lookups import Lookup, look_up
from credits.evaluation.pack.reader import Reader
from credits.evaluation.registry import Names, Result, Rule, rule_kind


@rule_kind("range")
@dataclass(frozen=True, slots=True)
class Range(Lookup):
    """The range that a table allows; where in it the result lies is decided by people."""

    def words(self, names: Names) -> str:
        return _("按“%(table)s”确定范围，在范围内评定") % {"table": names.table(self.table)}


@rule_kind("step_in_range")
@dataclass(frozen=True, slots=True)
class StepInRange(Rule):
    """A fixed figure inside a range (granted, being applied, applied); without the fact the range stays open."""

    of: str
    fact: str
    table: str

    @classmethod
    def read(cls, reader: Reader) -> Self:
        return cls(of=reader.text_or("of", "points"), fact=reader.text("fact"), table=reader.text("table"))

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.of, self.fact)

    @property
    def tables(self) -> tuple[str, ...]:
        return (self.table,)

    def apply(self, context: Context) -> Result:
        allowed = context.span(self.of)
        if self.fact not in context.values:
            return Result(allowed, context.shown(self.of), f"{allowed}")
        found = look_up(context.table(self.table), context)
        if not isinstance(found.value, type(allowed)) or not allowed.low <= found.value.low <= allowed.high:
            message = _("“%(label)s”对应的分值 %(value)s 不在范围 %(range)s 内")
            values = {"label": context.label(self.fact), "value": found.value, "range": allowed}
            raise Impossible(context.source(self.fact), message % values)
        return found

    def words(self, names: Names) -> str:
        return _("范围内按“%(table)s”定分") % {"table": names.table(self.table)}
