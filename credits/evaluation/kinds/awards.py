"""Award normalisation: a named award, a share of the field, or a place becomes one of the table's awards."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Self

from django.utils.translation import gettext as _

from credits.evaluation.context import Context, Impossible
from credits.evaluation.pack.reader import Reader
from credits.evaluation.registry import Names, Result, Rule, rule_kind
from credits.evaluation.spans import Span, plain


@dataclass(frozen=True, slots=True)
class Tier:
    """Numbers up to `up_to` count as `award`."""

    up_to: Decimal
    award: str


@dataclass(frozen=True, slots=True)
class Source:
    """When the basis is `when`, the award is read from `fact`: as it stands, or by its tiers."""

    when: str
    fact: str
    tiers: tuple[Tier, ...]

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Take one source from the pack."""
        tiers = tuple(Tier(up_to=tier.decimal("up_to"), award=tier.text("award")) for tier in reader.children("tier"))
        if any(low.up_to >= high.up_to for low, high in pairwise(tiers)):
            reader.problem("tier", _("各档上限须由小到大"))
        return cls(when=reader.text("when"), fact=reader.text("fact"), tiers=tiers)


@rule_kind("normalise_award")
@dataclass(frozen=True, slots=True)
class NormaliseAward(Rule):
    """One name for what organisers call differently: by name, by share (top x %), or by place."""

    basis: str
    sources: tuple[Source, ...]

    @classmethod
    def read(cls, reader: Reader) -> Self:
        return cls(
            basis=reader.text("basis"),
            sources=tuple(Source.read(source) for source in reader.children("source", least=1)),
        )

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.basis, *(source.fact for source in self.sources))

    def apply(self, context: Context) -> Result:
        basis = context.text(self.basis)
        source = next((source for source in self.sources if source.when == basis), None)
        if source is None:
            message = _("“%(label)s”不能是“%(value)s”") % {"label": context.label(self.basis), "value": basis}
            raise Impossible(context.source(self.basis), message)
        award = self._award(source, context)
        return Result(
            value=award,
            inputs=context.shown(self.basis, source.fact),
            formula=f"{context.label(source.fact)} {context.text(source.fact)} → {award}",
            source=source.fact,
        )

    def _award(self, source: Source, context: Context) -> str:
        if not source.tiers:
            return context.text(source.fact)
        number = context.span(source.fact).low
        for tier in source.tiers:
            if number <= tier.up_to:
                return tier.award
        message = _("“%(label)s”为 %(number)s，不在计分范围内（至多 %(limit)s）")
        limit = plain(source.tiers[-1].up_to)
        values = {"label": context.label(source.fact), "number": Span.exactly(number), "limit": limit}
        raise Impossible(source.fact, message % values)

    def words(self, names: Names) -> str:
        return _("；").join(self._tier_words(source, names) for source in self.sources)

    def _tier_words(self, source: Source, names: Names) -> str:
        if not source.tiers:
            return _("%(fact)s：按所获奖项") % {"fact": names.of(source.fact)}
        tiers = _("，").join(f"≤ {plain(tier.up_to)} → {tier.award}" for tier in source.tiers)
        return names.of(source.fact) + _("：") + tiers
