"""Turns a stored trace into what a page shows: the steps, each with the clause it applies and where to read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from credits.evaluation import Evaluation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal
    from typing import Any

    from credits.models import Claim, SchemeVersion


@dataclass(frozen=True, slots=True)
class ExplainedStep:
    """One line of an explanation, as the component of the design language wants it."""

    label: str
    formula: str
    output: str
    clause: str
    href: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the rules make of the facts: points or a range, the steps, and what is still missing.

    ``suggested`` is where in the range the library's score comes to, None without one.
    """

    points: Decimal | None
    minimum: Decimal | None
    maximum: Decimal | None
    steps: tuple[ExplainedStep, ...]
    missing: tuple[str, ...]
    suggested: Decimal | None = None

    @property
    def is_range(self) -> bool:
        """Whether the rules leave the figure to judgement between two bounds."""
        return self.points is None and self.minimum is not None and self.maximum is not None


def explain(result: Evaluation, version: SchemeVersion) -> Explanation:
    """Return the explanation of an evaluation under the version that judged it."""
    page = version_page(version)
    steps = tuple(
        ExplainedStep(
            label=step.label,
            formula=step.formula,
            output=step.output,
            clause=step.clause,
            href=f"{page}#{anchor(step.article)}" if step.article else "",
        )
        for step in result.steps
    )
    missing = tuple(problem.message for problem in result.problems)
    return Explanation(result.points, result.minimum, result.maximum, steps, missing)


def explain_claim(claim: Claim) -> Explanation:
    """Return the explanation that was frozen with the claim."""
    trace: Mapping[str, Any] = claim.trace or {}
    return explain(Evaluation.from_json(trace), claim.scheme_version)


def version_page(version: SchemeVersion) -> str:
    """Return the address of the page that shows a version's rules."""
    return reverse("credits:scheme_version", args=[version.scheme.code, version.label])


def anchor(article: str) -> str:
    """Return the anchor of a clause on that page."""
    return f"clause-{article}"


def telling_steps(steps: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the steps that made the number: one that only passes the figure on (a cap not reached) is left out."""
    kept: list[dict[str, Any]] = []
    for step in steps:
        passed = kept and list(step["inputs"].values()) == [kept[-1]["output"]] == [step["output"]]
        if not passed:
            kept.append(step)
    return kept
