"""Products of factors and sums of parts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add, mul
from typing import Self

from credits.evaluation.context import Context
from credits.evaluation.pack.reader import Reader
from credits.evaluation.registry import Names, Result, Rule, rule_kind


@rule_kind("product")
@dataclass(frozen=True, slots=True)
class Product(Rule):
    """All factors multiplied."""

    of: tuple[str, ...]

    @classmethod
    def read(cls, reader: Reader) -> Self:
        return cls(of=reader.texts("of", least=2))

    @property
    def reads(self) -> tuple[str, ...]:
        return self.of

    def apply(self, context: Context) -> Result:
        value = reduce(mul, [context.span(name) for name in self.of])
        return Result(value, context.shown(*self.of), _chain(self.of, "×", context, str(value)))

    def words(self, names: Names) -> str:
        return " × ".join(map(names.of, self.of))


@rule_kind("sum")
@dataclass(frozen=True, slots=True)
class Sum(Rule):
    """All parts added."""

    of: tuple[str, ...]

    @classmethod
    def read(cls, reader: Reader) -> Self:
        return cls(of=reader.texts("of", least=2))

    @property
    def reads(self) -> tuple[str, ...]:
        return self.of

    def apply(self, context: Context) -> Result:
        value = reduce(add, [context.span(name) for name in self.of])
        return Result(value, context.shown(*self.of), _chain(self.of, "+", context, str(value)))

    def words(self, names: Names) -> str:
        return " + ".join(map(names.of, self.of))


def _chain(names: tuple[str, ...], sign: str, context: Context, total: str) -> str:
    symbols = f" {sign} ".join(names)
    numbers = f" {sign} ".join(str(context.span(name)) for name in names)
    return f"{symbols} = {numbers} = {total}"
