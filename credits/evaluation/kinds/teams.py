"""Shares of a team's result."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Self

from django.utils.translation import gettext as _

from credits.evaluation.context import Context, Impossible
from credits.evaluation.kinds.lookups import look_up
from credits.evaluation.pack.reader import Reader
from credits.evaluation.registry import RESULT, Names, Result, Rule, rule_kind
from credits.evaluation.shares import EQUAL, FULL, RANK, RATIO, SHARES, dealt, share_of
from credits.evaluation.spans import Span, plain


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


@dataclass(frozen=True, slots=True)
class Way:
    """When the method is `when`, members share by `share`."""

    when: str
    share: str

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Take one way from the pack."""
        way = cls(when=reader.text("when"), share=reader.one_of("share", SHARES))
        reader.finish()
        return way


@rule_kind("team_share")
@dataclass(frozen=True, slots=True)
class TeamShare(Rule):
    """A member's part of the team's result, by the method that the reviewers chose; alone, all of it."""

    of: str
    method: str
    rank: str
    size: str
    ratio: str
    ways: tuple[Way, ...]

    @classmethod
    def read(cls, reader: Reader) -> Self:
        rule = cls(
            of=reader.text_or("of", RESULT),
            method=reader.text("method"),
            rank=reader.text("rank"),
            size=reader.text("size"),
            ratio=reader.text_or("ratio"),
            ways=tuple(Way.read(way) for way in reader.children("way", least=1)),
        )
        if not rule.ratio and any(way.share == RATIO for way in rule.ways):
            reader.problem("ratio", _("有一种分法是 ratio，要写明比例是哪一项"))
        return rule

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.of, self.method, self.rank, self.size, *((self.ratio,) if self.ratio else ()))

    def apply(self, context: Context) -> Result:
        value = context.span(self.of)
        if self.size not in context.values:
            return Result(value, context.shown(self.of), f"{value} × 1 = {value}")
        way = self._way(context)
        name = self._measure(way)
        share = self._part(way, name, context)
        symbol = f"{context.span(name)}%" if way.share == RATIO else str(share)
        part = self._dealt(way, value, share, context)
        colon, equals = _("："), "=" if part == value.part(share) else "≈"
        formula = f"{way.when}{colon}{value} × {symbol} {equals} {part}"
        return Result(part, context.shown(self.of, self.method, *([name] if name else [])), formula)

    def _way(self, context: Context) -> Way:
        method = context.text(self.method)
        way = next((way for way in self.ways if way.when == method), None)
        if way is None:
            message = _("“%(label)s”不能是“%(value)s”") % {"label": context.label(self.method), "value": method}
            raise Impossible(context.source(self.method), message)
        return way

    def _measure(self, way: Way) -> str:
        """The fact that the way goes by; empty in full."""
        return {EQUAL: self.size, RANK: self.rank, RATIO: self.ratio}.get(way.share, "")

    def _part(self, way: Way, name: str, context: Context) -> Fraction:
        number = context.span(name).low if name else Decimal(1)
        size = int(number) if way.share == EQUAL else 1
        rank = int(number) if way.share == RANK else 1
        try:
            return share_of(way.share, size=size, rank=rank, ratio=number)
        except ValueError:
            message = _("“%(label)s”不能是 %(number)s") % {"label": context.label(name), "number": plain(number)}
            raise Impossible(context.source(name), message) from None

    def _dealt(self, way: Way, value: Span, share: Fraction, context: Context) -> Span:
        rank = context.whole(self.rank) if way.share == EQUAL else 1
        places = context.rounding.places
        low, high = (dealt(way.share, end, share, rank=rank, places=places) for end in (value.low, value.high))
        return Span(low, high)

    def words(self, names: Names) -> str:
        ways = {
            FULL: _("全额"),
            EQUAL: f"1 ÷ {names.of(self.size)}",
            RANK: f"1 ÷ {names.of(self.rank)}",
            RATIO: names.of(self.ratio),
        }
        colon = _("：")
        return _("；").join(f"{way.when}{colon}{ways[way.share]}" for way in self.ways)
