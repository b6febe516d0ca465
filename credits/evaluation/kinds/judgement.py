"""What people decide: a figure inside the range that the rules leave, or, with reasons, beyond it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from django.utils.translation import gettext as _

from credits.evaluation.context import Context, Impossible
from credits.evaluation.pack.reader import Reader
from credits.evaluation.registry import RESULT, Names, Result, Rule, rule_kind
from credits.evaluation.spans import Span, plain


@rule_kind("open_range")
@dataclass(frozen=True, slots=True)
class OpenRange(Rule):
    """A range that no table states, for what the tables do not list."""

    low: Decimal
    high: Decimal

    @classmethod
    def read(cls, reader: Reader) -> Self:
        rule = cls(low=reader.decimal("low"), high=reader.decimal("high"))
        if rule.low > rule.high:
            reader.problem("low", _("low 大于 high"))
        return rule

    @property
    def reads(self) -> tuple[str, ...]:
        return ()

    def apply(self, _context: Context) -> Result:
        span = Span(self.low, self.high)
        return Result(span, {}, str(span))

    def words(self, _names: Names) -> str:
        return _("在 %(range)s 之间评定") % {"range": Span(self.low, self.high)}


@rule_kind("judged")
@dataclass(frozen=True, slots=True)
class Judged(Rule):
    """The figure that people decided inside the range; until they have, the range stays.

    A figure outside the range is impossible, unless the fact `beyond` says that the committee decided so.
    """

    of: str
    fact: str
    beyond: str

    @classmethod
    def read(cls, reader: Reader) -> Self:
        return cls(of=reader.text_or("of", RESULT), fact=reader.text("fact"), beyond=reader.text_or("beyond"))

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.of, self.fact, *((self.beyond,) if self.beyond else ()))

    def apply(self, context: Context) -> Result:
        allowed = context.span(self.of)
        offered = None if allowed.exact else allowed
        if self.fact not in context.values:
            return Result(allowed, context.shown(self.of), self._open(allowed), offered=offered)
        score = context.span(self.fact)
        inputs = context.shown(self.of, self.fact, *((self.beyond,) if self.beyond else ()))
        if allowed.low <= score.low and score.high <= allowed.high:
            ends = f"{plain(allowed.low)} ≤ {score} ≤ {plain(allowed.high)}"
            return Result(score, inputs, ends, offered=offered)
        if not (self.beyond and context.flag(self.beyond)):
            message = _("“%(label)s”为 %(score)s，不在范围 %(range)s 内")
            values = {"label": context.label(self.fact), "score": score, "range": allowed}
            raise Impossible(context.source(self.fact), message % values)
        formula = _("%(score)s（范围 %(range)s 以外）") % {"score": score, "range": allowed}
        return Result(score, inputs, formula, offered=offered)

    def _open(self, allowed: Span) -> str:
        return f"{allowed}" if allowed.exact else _("%(range)s，待评定") % {"range": allowed}

    def words(self, names: Names) -> str:
        return _("%(of)s由评审在范围内确定") % {"of": names.of(self.of)}
