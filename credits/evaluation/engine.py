"""The evaluator itself: facts in order, steps in order, one explanation."""

from __future__ import annotations

from decimal import Decimal
from types import MappingProxyType

from credits.evaluation.context import Context, Impossible
from credits.evaluation.facts import Facts, asked_by, check_facts, read_facts
from credits.evaluation.registry import RESULT, Result
from credits.evaluation.results import Evaluation, Problem, Step
from credits.evaluation.scheme import Category, PlannedStep, SchemeData
from credits.evaluation.spans import Span


def evaluate(data: SchemeData, category: str, facts: Facts, *, college: str | None) -> Evaluation:
    """Apply a category's rules to one achievement: points (or a range), and the steps with their clauses.

    Facts may be typed or text, as a form or stored JSON gives them. `college` is a code or a name; a college the
    pack does not know gets the university's figures. Missing and impossible facts come back as problems, never as
    exceptions; only an unknown category raises KeyError.
    """
    rules = data.category(category)
    own_college = data.college_code(college)
    values, problems = read_facts(asked_by(rules, own_college, facts), facts)
    problems += check_facts(rules, values)
    if problems:
        return Evaluation(problems=tuple(problems))
    context = Context(
        category=rules,
        college=own_college,
        rounding=data.rounding,
        values=MappingProxyType(values),
        labels=MappingProxyType(_labels(data, rules)),
        sources=MappingProxyType({}),
    )
    return _run(data, rules, context)


def _labels(data: SchemeData, rules: Category) -> dict[str, str]:
    labels = {field.name: field.label for field in rules.fields}
    return {**labels, RESULT: data.wording["points_short"]}


def _run(data: SchemeData, rules: Category, context: Context) -> Evaluation:
    steps: list[Step] = []
    offered: Span | None = None
    for planned in rules.steps:
        try:
            result = planned.rule.apply(context)
        except Impossible as impossible:
            problem = Problem(impossible.field, impossible.message)
            return Evaluation(steps=tuple(steps), problems=(problem,), range=_ends(offered))
        steps.append(_explain(data, planned, result))
        offered = result.offered or offered
        context = context.with_result(planned.into, planned.label, result)
    return _conclude(context, tuple(steps), offered)


def _ends(span: Span | None) -> tuple[Decimal, Decimal] | None:
    return None if span is None else (span.low, span.high)


def _explain(data: SchemeData, planned: PlannedStep, result: Result) -> Step:
    article = result.article or planned.clause
    return Step(
        rule=planned.rule.kind,
        label=planned.label,
        clause=data.clauses[article].cite if article else "",
        article=article,
        inputs=MappingProxyType(dict(result.inputs)),
        output=str(result.value),
        formula=result.formula,
    )


def _conclude(context: Context, steps: tuple[Step, ...], offered: Span | None) -> Evaluation:
    result = context.values.get(RESULT)
    if not isinstance(result, Span):
        return Evaluation(steps=steps)
    points = result.low if result.exact else None
    return Evaluation(points, result.low, result.high, steps, range=_ends(offered))
