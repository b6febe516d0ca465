"""The evaluator itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from credits.evaluation.results import Evaluation
    from credits.evaluation.scheme import SchemeData


def evaluate(data: SchemeData, category: str, facts: Mapping[str, object], *, college: str | None) -> Evaluation:
    """Apply a category's rules to one achievement."""
    raise NotImplementedError
