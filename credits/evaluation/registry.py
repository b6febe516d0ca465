"""Kinds of rules and where they are found.

A kind is a frozen dataclass with the decorator `rule_kind`: it reads its own keys from the pack, says what it
needs, applies itself to a context, and describes itself in words. A new kind is a new class in a module of
`credits.evaluation.kinds`; nothing else changes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self, TypeVar

from credits.evaluation.spans import Span

if TYPE_CHECKING:  # both import this module
    from credits.evaluation.context import Context
    from credits.evaluation.pack.reader import Reader

KINDS: dict[str, type[Rule]] = {}
RESULT = "points"


@dataclass(frozen=True, slots=True)
class Result:
    """What a rule made of its inputs.

    `article` replaces the step's clause where the figure came from a more particular one (a college's own row).
    `source` is the fact that stands behind the value, so that a later objection to it lands on the right field.
    `offered` is the range that people judge in, where the step leaves one to them.
    """

    value: Span | str
    inputs: Mapping[str, str]
    formula: str
    article: str = ""
    source: str = ""
    offered: Span | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """What people call the facts, results and tables of a category."""

    values: Mapping[str, str]
    tables: Mapping[str, str]

    def of(self, name: str) -> str:
        """The label of a fact or result."""
        return self.values.get(name, name)

    def table(self, code: str) -> str:
        """The label of a table."""
        return self.tables.get(code, code)


class Rule(ABC):
    """One kind of rule with the parameters of one step."""

    kind: ClassVar[str] = ""

    @classmethod
    @abstractmethod
    def read(cls, reader: Reader) -> Self:
        """Take the kind's own keys from the step's table of the pack."""

    @property
    @abstractmethod
    def reads(self) -> tuple[str, ...]:
        """The facts and earlier results that the rule may ask for."""

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables of the category that the rule looks into."""
        return ()

    @property
    def makes(self) -> str:
        """The name of the result, unless the step says otherwise."""
        return RESULT

    @abstractmethod
    def apply(self, context: Context) -> Result:
        """Make the step's value; raises Impossible when the facts do not allow one."""

    @abstractmethod
    def words(self, names: Names) -> str:
        """The rule as a formula or short sentence, with the names people know."""


AnyRule = TypeVar("AnyRule", bound=type[Rule])


def rule_kind(name: str) -> Callable[[AnyRule], AnyRule]:
    """Enter a class under the name that packs use for it."""

    def enter(rule: AnyRule) -> AnyRule:
        if name in KINDS:
            raise ValueError(f"rule kind {name!r} is entered twice")
        rule.kind = name
        KINDS[name] = rule
        return rule

    return enter
