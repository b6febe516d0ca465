"""Makes facts that the scheme accepts, with what the evaluator says of them: a pool per category and college."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any

from credits.evaluation import Evaluation, SchemeData, evaluate, fields_for
from review.demo.words import JOURNALS

if TYPE_CHECKING:
    from credits.evaluation import FactField

POOL = 60
TRIES = 2000


@dataclass(frozen=True, slots=True)
class Case:
    """One set of facts and its result."""

    facts: dict[str, Any]
    result: Evaluation

    @property
    def points(self) -> Decimal:
        """Return the suggested points."""
        assert self.result.points is not None  # noqa: S101 - the pool holds no other; narrows the type
        return self.result.points


class FactPool:
    """Random but valid facts of a scheme, evaluated once and used often."""

    def __init__(self, data: SchemeData, random: Random) -> None:
        self.data = data
        self.random = random
        self.cases = cache(self._cases)

    def draw(self, category: str, college: str) -> Case:
        """Return one case of the category for the college."""
        return self.random.choice(self.cases(category, college))

    def _cases(self, category: str, college: str) -> list[Case]:
        found: list[Case] = []
        for _attempt in range(TRIES):
            facts = self._facts(category, college)
            result = evaluate(self.data, category, facts, college=college)
            if not result.problems and result.points is not None and result.points > 0:
                found.append(Case(facts, result))
            if len(found) == POOL:
                break
        return found

    def _facts(self, category: str, college: str) -> dict[str, Any]:
        facts: dict[str, Any] = {}
        for field in fields_for(self.data, category, college=college):
            when = field.shown_when
            if when is None or str(facts.get(when.field, "")) in when.values:
                facts[field.name] = self._value(field)
        return facts

    def _value(self, field: FactField) -> Any:
        if field.kind == "choice":
            return self.random.choice(field.choices).value
        if field.kind == "boolean":
            return "true" if self.random.random() < 0.2 else ""  # noqa: PLR2004 - one supervisor in five is the first author
        if field.kind in {"integer", "decimal"}:
            low, high = int(field.min or 1), int(field.max or 100)
            return str(self.random.randint(max(low, 1), max(low, min(high, low + 12))))
        if field.name == "journal":
            return self.random.choice(JOURNALS)
        return f"{self.random.randint(10**9, 10**10 - 1)}"
