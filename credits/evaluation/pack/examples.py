"""Worked examples: a version proves its own figures before it is used."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from credits.evaluation.bands import grade_for
from credits.evaluation.engine import evaluate
from credits.evaluation.minima import Amounts, judge_minimum
from credits.evaluation.results import Evaluation
from credits.evaluation.scheme import Example, SchemeData
from credits.evaluation.spans import Span, plain


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
    return tuple(_RUNNERS[example.kind](data, example) for example in data.examples)


def _compare(example: Example, expected: str, got: str, trace: Evaluation | None = None) -> ExampleResult:
    difference = ""
    if expected != got:
        values = {"name": example.name, "expected": expected, "got": got}
        difference = _("算例“%(name)s”：应为 %(expected)s，算得 %(got)s") % values
    return ExampleResult(example.name, expected, got, not difference, difference, trace)


def _run_points(data: SchemeData, example: Example) -> ExampleResult:
    evaluation = evaluate(data, example.category, example.facts, college=example.college or None)
    return _compare(example, _promised(example), _outcome(evaluation), evaluation)


def _promised(example: Example) -> str:
    if example.points is not None:
        return plain(example.points)
    if example.minimum is None or example.maximum is None:
        return ""
    return str(Span(example.minimum, example.maximum))


def _outcome(evaluation: Evaluation) -> str:
    if evaluation.problems:
        return "；".join(problem.message for problem in evaluation.problems)
    if evaluation.minimum is None or evaluation.maximum is None:
        return _("没有结果")
    return str(Span(evaluation.minimum, evaluation.maximum))


def _run_refused(data: SchemeData, example: Example) -> ExampleResult:
    evaluation = evaluate(data, example.category, example.facts, college=example.college or None)
    refused = [problem.field for problem in evaluation.problems]
    got = "、".join(refused) if refused else _outcome(evaluation)
    return _compare(example, example.problem_field, got, evaluation)


def _run_grade(data: SchemeData, example: Example) -> ExampleResult:
    course = data.conversion.course(example.course)
    total = sum(example.records, Decimal(0))
    band = grade_for(course.bands, total) if course else None
    records = " + ".join(map(plain, example.records))
    return _compare(
        example,
        f"{records} → {plain(example.total or Decimal(0))} → {example.grade or '—'}",
        f"{records} → {plain(total)} → {band.grade if band else '—'}",
    )


def _run_minimum(data: SchemeData, example: Example) -> ExampleResult:
    minimum = data.minimum_for(example.cohort, example.student_kind)
    sums = {code: Amounts(points) for code, points in example.recognised.items()}
    missing = judge_minimum(data, minimum, sums).missing if minimum else None
    return _compare(example, _shortfall(example.missing), _shortfall(missing))


def _shortfall(missing: Decimal | None) -> str:
    return _("没有最低要求") if missing is None else _("差 %(missing)s") % {"missing": plain(missing)}


_RUNNERS = {"points": _run_points, "refused": _run_refused, "grade": _run_grade, "minimum": _run_minimum}
