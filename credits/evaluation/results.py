"""What an evaluation gives back: points (or a range), the steps that made them, and what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the explanation: which rule turned which inputs into which output, by which clause.

    `clause` is the citation people read; `article` is the key of the clause in `SchemeData.clauses`.
    """

    rule: str
    label: str
    clause: str
    inputs: Mapping[str, str]
    output: str
    formula: str
    article: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "label": self.label,
            "clause": self.clause,
            "article": self.article,
            "inputs": dict(self.inputs),
            "output": self.output,
            "formula": self.formula,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Step:
        return cls(
            rule=data["rule"],
            label=data["label"],
            clause=data["clause"],
            inputs=MappingProxyType(dict(data["inputs"])),
            output=data["output"],
            formula=data["formula"],
            article=data.get("article", ""),
        )


@dataclass(frozen=True, slots=True)
class Problem:
    """A fact that is missing or impossible; `field` names the fact, so a form can show the message beside it."""

    field: str
    message: str

    def as_json(self) -> dict[str, str]:
        return {"field": self.field, "message": self.message}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Problem:
        return cls(field=data["field"], message=data["message"])


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The result of the rules for one achievement.

    `points` is None when there are problems, when the category has no formula, or when the rules leave a range to
    judgement; then `minimum` and `maximum` bound what a reviewer may give. With exact points all three are equal.
    `range` is what the rules left to judgement, before shares of a team: experts score inside it, and it stays after
    they have. It is None where there is nothing to judge.
    """

    points: Decimal | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    steps: tuple[Step, ...] = ()
    problems: tuple[Problem, ...] = field(default=())
    range: tuple[Decimal, Decimal] | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "points": _text(self.points),
            "minimum": _text(self.minimum),
            "maximum": _text(self.maximum),
            "steps": [step.as_json() for step in self.steps],
            "problems": [problem.as_json() for problem in self.problems],
            "range": None if self.range is None else [str(end) for end in self.range],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Evaluation:
        return cls(
            points=_number(data.get("points")),
            minimum=_number(data.get("minimum")),
            maximum=_number(data.get("maximum")),
            steps=tuple(Step.from_json(step) for step in data.get("steps", ())),
            problems=tuple(Problem.from_json(problem) for problem in data.get("problems", ())),
            range=_range(data.get("range")),
        )


def _text(number: Decimal | None) -> str | None:
    return None if number is None else str(number)


def _range(ends: list[str] | None) -> tuple[Decimal, Decimal] | None:
    return None if ends is None else (Decimal(ends[0]), Decimal(ends[1]))


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
