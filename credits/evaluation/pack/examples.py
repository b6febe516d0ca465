"""Worked examples: a version proves its own figures before it is used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from credits.evaluation.results import Evaluation

if TYPE_CHECKING:
    from credits.evaluation.scheme import SchemeData


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """What an example promised and what came out; `difference` is empty when they agree."""

    name: str
    expected: str
    got: str
    ok: bool
    difference: str = ""
    trace: Evaluation | None = None


def run_examples(data: SchemeData) -> tuple[ExampleResult, ...]:
    """Run every worked example of the pack, in its order."""
    raise NotImplementedError
