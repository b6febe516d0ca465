"""What must hold for any facts whatsoever, sensible or not, of every category of every pack."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credits.evaluation import Evaluation, evaluate, fields_for
from credits.evaluation.facts import ASKED_OF
from credits.evaluation.kinds.limits import Cap
from tests.packs import PACKS, pack

EVERY = [(path.stem, category.code) for path in sorted(PACKS.glob("*.toml")) for category in pack(path.stem).categories]
WORST_TO_BEST = ("三等奖", "二等奖", "一等奖")
NONSENSE = st.one_of(st.none(), st.text(max_size=8), st.integers(), st.booleans(), st.floats(), st.decimals())


def sensible(field):
    """Values that the field would take."""
    least = int(field.min or 0)
    most = int(field.max or 60)
    return {
        "choice": st.sampled_from([choice.value for choice in field.choices] or [""]),
        "integer": st.integers(least, most),
        "decimal": st.decimals(field.min or 0, field.max or 60, places=2).map(str),
        "boolean": st.booleans(),
        "date": st.dates().map(str),
        "text": st.text(max_size=8),
        "library": st.text(max_size=8),
    }[field.kind]


@st.composite
def facts_for(draw, data, category, college, field_values):
    """Facts in the order of the form, whoever gives them: what one field offers may depend on those before it."""
    facts = {}
    for name in names_of(data, category):
        field = next((each for each in asked(data, category, college, facts) if each.name == name), None)
        if field is not None:
            facts[name] = draw(field_values(field))
    return facts


def asked(data, category, college, facts):
    return fields_for(data, category, college, facts, asked_of=ASKED_OF)


def names_of(data, category):
    return [field.name for field in data.category(category).fields]


def entries(field):
    """Mostly what fits, now and then anything."""
    return st.one_of(sensible(field), sensible(field), NONSENSE)


@st.composite
def cases(draw, field_values=entries):
    name, category = draw(st.sampled_from(EVERY))
    data = pack(name)
    college = draw(st.sampled_from([None, "elsewhere", *(college.name for college in data.colleges)]))
    return data, category, college, draw(facts_for(data, category, college, field_values))


def caps_of(data, category):
    return [step.rule.limit for step in data.category(category).steps if isinstance(step.rule, Cap)]


@given(cases())
def test_points_keep_inside_their_bounds(case):
    data, category, college, facts = case
    result = evaluate(data, category, facts, college=college)

    for number in (result.points, result.minimum, result.maximum):
        if number is not None:
            assert number >= 0
            assert all(number <= cap for cap in caps_of(data, category))
            assert number <= data.limits.max_points
            assert number == round(number, data.rounding.places)
    assert (result.minimum is None) == (result.maximum is None) == bool(result.problems)


@given(cases())
def test_the_trace_ends_in_the_points(case):
    data, category, college, facts = case
    result = evaluate(data, category, facts, college=college)

    if result.points is not None:
        assert Decimal(result.steps[-1].output) == result.points
        assert len(result.steps) == len(data.category(category).steps)
    for step in result.steps:
        assert data.clauses[step.article].cite == step.clause


@given(cases())
def test_problems_name_fields_of_the_form(case):
    data, category, college, facts = case
    result = evaluate(data, category, facts, college=college)

    assert {problem.field for problem in result.problems} <= set(names_of(data, category))
    assert all(problem.message for problem in result.problems)


@given(cases())
def test_the_result_survives_json_and_repeats(case):
    data, category, college, facts = case
    before = dict(facts)
    result = evaluate(data, category, facts, college=college)

    assert Evaluation.from_json(json.loads(json.dumps(result.as_json()))) == result
    assert evaluate(data, category, facts, college=college) == result
    assert repr(facts) == repr(before)


@given(cases(field_values=sensible), st.data())
def test_a_better_award_never_earns_less(case, data_source):
    _data, _category, college, _facts = case
    data, ranking = pack("bit"), WORST_TO_BEST
    facts = data_source.draw(facts_for(data, "competition", college, sensible))
    facts |= {"basis": "奖项等次"}
    results = [evaluate(data, "competition", {**facts, "award": award}, college=college).points for award in ranking]
    earned = [points for points in results if points is not None]

    assert earned == sorted(earned)


def test_the_strategies_reach_real_points():
    """Guard of this module: strategies that only ever met problems would prove nothing."""
    found = set()

    @given(cases(field_values=sensible))
    def collect(case):
        data, category, college, facts = case
        found.add(evaluate(data, category, facts, college=college).points)

    collect()
    assert len(found - {None, Decimal(0)}) >= 3


@pytest.mark.parametrize(("name", "category"), EVERY)
def test_the_claim_limit_leaves_room_for_every_figure(name, category):
    data = pack(name)
    largest = max(caps_of(data, category), default=Decimal(0))

    assert largest <= data.limits.max_points
