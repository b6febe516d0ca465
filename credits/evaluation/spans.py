"""Numbers that may still be undecided: one value, or a range left to judgement.

Every step of an evaluation works on a `Span`. An exact number is a span whose ends meet, so factors, caps and rounding
treat a figure of a table and a range left to a reviewer's discretion alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal

# Room for the product of any facts, however senseless: a number too long to be points is still no crash.
WIDE = Context(prec=100)


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

    def at_most(self, limit: Decimal) -> Span:
        return Span(min(self.low, limit), min(self.high, limit))

    def __str__(self) -> str:
        return plain(self.low) if self.exact else f"{plain(self.low)}–{plain(self.high)}"


def plain(number: Decimal) -> str:
    """Write a number as people do: no exponent, no trailing zeros (`3.60` → `3.6`, `1E+1` → `10`)."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"", "-0"} else text
