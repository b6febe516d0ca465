"""What is done to a result at the end: caps and rounding."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Self

from django.utils.translation import gettext as _

from credits.evaluation.context import Context
from credits.evaluation.pack.reader import Reader
from credits.evaluation.registry import RESULT, Names, Result, Rule, rule_kind
from credits.evaluation.scheme import Rounding
from credits.evaluation.spans import WIDE, Span, plain

MODES = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "down": ROUND_DOWN}


def rounded(number: Decimal, rounding: Rounding) -> Decimal:
    """The number with the scheme's places, by the scheme's mode."""
    places = Decimal(1).scaleb(-rounding.places)
    return number.quantize(places, rounding=MODES[rounding.mode], context=WIDE)


@rule_kind("cap")
@dataclass(frozen=True, slots=True)
class Cap(Rule):
    """No item earns more than `limit`."""

    limit: Decimal
    of: str

    @classmethod
    def read(cls, reader: Reader) -> Self:
        return cls(limit=reader.decimal("limit"), of=reader.text_or("of", RESULT))

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.of,)

    def apply(self, context: Context) -> Result:
        value = context.span(self.of)
        capped = value.at_most(self.limit)
        return Result(capped, context.shown(self.of), f"min({value}, {plain(self.limit)}) = {capped}")

    def words(self, names: Names) -> str:
        return _("%(of)s至多 %(limit)s") % {"of": names.of(self.of), "limit": plain(self.limit)}


@rule_kind("round")
@dataclass(frozen=True, slots=True)
class Round(Rule):
    """The result with the scheme's decimal places."""

    of: str

    @classmethod
    def read(cls, reader: Reader) -> Self:
        return cls(of=reader.text_or("of", RESULT))

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.of,)

    def apply(self, context: Context) -> Result:
        value = context.span(self.of)
        result = Span(rounded(value.low, context.rounding), rounded(value.high, context.rounding))
        return Result(result, context.shown(self.of), f"{value} → {result}")

    def words(self, names: Names) -> str:
        return _("%(of)s按小数位取整") % {"of": names.of(self.of)}
