"""Numbers that may still be undecided: one value, or a range left to judgement.

Every step of an evaluation works on a `Span`. An exact number is a span whose ends meet, so factors, caps and rounding
treat a figure of a table and a range left to a reviewer's discretion alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction

# Room for the product of any facts, however senseless: a number too long to be points is still no crash.
WIDE = Context(prec=100)
MOST_SHOWN = 6  # decimals of a figure in a pack, and of a number in a trace


@dataclass(frozen=True, slots=True)
class Span:
    """The points from `low` to `high`, both included; one exact value when they are equal."""

    low: Decimal
    high: Decimal

    @classmethod
    def exactly(cls, value: Decimal | int) -> Span:
        number = Decimal(value)
        return cls(number, number)

    @property
    def exact(self) -> bool:
        return self.low == self.high

    def __mul__(self, other: Span) -> Span:
        return Span(self.low * other.low, self.high * other.high)

    def __add__(self, other: Span) -> Span:
        return Span(self.low + other.low, self.high + other.high)

    def part(self, share: Fraction) -> Span:
        """That part of both ends, as exactly as any table needs."""
        top, bottom = Decimal(share.numerator), Decimal(share.denominator)
        low, high = (WIDE.divide(WIDE.multiply(end, top), bottom) for end in (self.low, self.high))
        return Span(low, high)

    def at_most(self, limit: Decimal) -> Span:
        return Span(min(self.low, limit), min(self.high, limit))

    def __str__(self) -> str:
        return _shown(self.low) if self.exact else f"{_shown(self.low)}–{_shown(self.high)}"


def _shown(number: Decimal) -> str:
    """The number as a trace shows it: a third is written out only so far."""
    exponent = number.as_tuple().exponent
    endless = isinstance(exponent, int) and exponent < -MOST_SHOWN
    return plain(number.quantize(Decimal(1).scaleb(-MOST_SHOWN), context=WIDE) if endless else number)


def plain(number: Decimal) -> str:
    """Write a number as people do: no exponent, no trailing zeros (`3.60` → `3.6`, `1E+1` → `10`)."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"", "-0"} else text
