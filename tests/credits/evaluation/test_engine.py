import json
from decimal import Decimal

import pytest

from credits.evaluation import Evaluation, evaluate, fields_for
from credits.evaluation.facts import is_shown, read_facts
from credits.evaluation.scheme import Choice, FactField, ShownWhen
from credits.evaluation.spans import Span, plain
from tests.packs import small, with_category


def outcome(data=None, college=None, **facts):
    return evaluate(data or small(), "prize", facts, college=college)


def messages(evaluation):
    return {problem.field: problem.message for problem in evaluation.problems}


def test_points_come_with_their_steps():
    result = outcome(level="low", size=3, rank=1)

    assert (result.points, result.minimum, result.maximum, result.problems) == (1, 1, 1, ())
    assert [(step.rule, step.clause, step.output) for step in result.steps] == [
        ("lookup", "Rules-one", "1"),
        ("cap", "Rules-one", "1"),
        ("round", "Rules-one", "1"),
    ]
    assert result.steps[0].inputs == {"Level": "low"}
    assert result.steps[1].inputs == {"points_short": "1"}
    assert result.steps[1].formula == "min(1, 2.5) = 1"


@pytest.mark.parametrize("college", ["north", "North College"])
def test_a_colleges_own_figure_is_cited_from_its_own_rules(college):
    result = outcome(college=college, level="low", size=1, rank=1)

    assert result.points == 2
    assert (result.steps[0].clause, result.steps[0].article) == ("North-one", "own.1")


def test_where_the_college_says_nothing_the_universitys_figure_and_clause_hold():
    result = outcome(college="north", level="high", size=1, rank=1)

    assert (result.steps[0].output, result.steps[0].clause) == ("3", "Rules-one")


def test_a_college_without_rules_gets_the_universitys():
    assert outcome(college="South", level="low", size=1, rank=1).points == 1


def test_every_missing_fact_is_named_at_once():
    assert messages(outcome()) == {"level": "请填写“Level”", "size": "请填写“Size”", "rank": "请填写“Rank”"}


@pytest.mark.parametrize(
    ("facts", "field", "message"),
    [
        ({"level": "middle"}, "level", "不在“Level”的选项中"),
        ({"size": "many"}, "size", "应为数字"),
        ({"size": "1.5"}, "size", "应为整数"),
        ({"size": 10}, "size", "不能大于 9"),
        ({"size": -1}, "size", "不能小于 0"),
        ({"size": True}, "size", "应为数字"),
        ({"size": "NaN"}, "size", "应为数字"),
        ({"size": "1e999999"}, "size", "应为数字"),
        ({"rank": 0}, "rank", "不能小于 1"),
        ({"rank": "  "}, "rank", "请填写"),
        ({"rank": None}, "rank", "请填写"),
        ({"rank": 4}, "rank", "rank beyond size"),
    ],
)
def test_an_impossible_fact_is_a_problem_at_its_field(facts, field, message):
    result = outcome(**{"level": "low", "size": 3, "rank": 1, **facts})

    assert list(messages(result)) == [field]
    assert message in messages(result)[field]
    assert (result.points, result.minimum, result.maximum, result.steps) == (None, None, None, ())


def test_facts_may_be_typed_or_text():
    assert outcome(level="low", size="3", rank=" 1 ") == outcome(level="low", size=Decimal(3), rank=1)


def test_an_unknown_category_is_a_programming_error():
    with pytest.raises(KeyError):
        evaluate(small(), "nothing", {}, college=None)


def test_the_result_survives_json():
    result = outcome(college="north", level="high", size=1, rank=1)

    assert Evaluation.from_json(json.loads(json.dumps(result.as_json()))) == result
    broken = outcome(level="low")
    assert Evaluation.from_json(json.loads(json.dumps(broken.as_json()))) == broken


def test_a_category_without_steps_suggests_nothing():
    data = small(
        (
            "[conversion]\nwhole",
            '[[category]]\ncode = "noted"\nname = "Noted"\nchannel = "office"\nunit = "Unit"\n[conversion]\nwhole',
        )
    )

    assert evaluate(data, "noted", {}, college=None) == Evaluation()


FORM = (
    FactField("kind", "Kind", "choice", choices=(Choice("alone", "alone"), Choice("team", "team"))),
    FactField("rank", "Rank", "integer", shown_when=ShownWhen("kind", ("team",)), otherwise="1"),
    FactField("sure", "Sure", "boolean", required=False),
    FactField("why", "Why", "text", shown_when=ShownWhen("sure", ("true",))),
    FactField("on", "On", "date", required=False),
)


def test_what_is_not_asked_has_its_stand_in_and_ignores_what_was_typed_before():
    values, problems = read_facts(FORM, {"kind": "alone", "rank": "7"})

    assert (values["rank"], problems) == (Span.exactly(1), [])


def test_what_is_asked_must_be_answered_even_with_a_stand_in():
    _values, (problem,) = read_facts(FORM, {"kind": "team"})

    assert problem.field == "rank"


def test_a_hidden_condition_hides_what_depends_on_it():
    assert not is_shown(FORM[3].shown_when, {})
    assert not is_shown(FORM[3].shown_when, {"sure": False})
    assert is_shown(FORM[3].shown_when, {"sure": True})


@pytest.mark.parametrize(
    ("typed", "value"), [("on", True), ("是", True), (True, True), ("false", False), (False, False)]
)
def test_a_yes_or_no_is_read_from_forms_and_data(typed, value):
    values, problems = read_facts(FORM, {"kind": "alone", "sure": typed, "why": "so"})

    assert (values["sure"], problems) == (value, [])


@pytest.mark.parametrize(("field", "typed"), [("sure", "maybe"), ("on", "1 May"), ("on", "2024-02-30")])
def test_what_cannot_be_read_is_said(field, typed):
    _values, (problem,) = read_facts(FORM, {"kind": "alone", field: typed})

    assert problem.field == field


def test_the_fields_of_a_form_carry_the_colleges_choices():
    data = small(
        ('choices = ["high", "low"]', 'choices_from = "worth"'),
        ('rows = [["low", 2]]', 'rows = [["low", 2], ["local", 1]]'),
    )

    def levels(college):
        return [choice.value for choice in fields_for(data, "prize", college)[0].choices]

    assert levels(None) == ["high", "low"]
    assert levels("North College") == ["high", "low", "local"]
    assert evaluate(data, "prize", {"level": "local", "size": 1, "rank": 1}, college=None).problems[0].field == "level"
    assert evaluate(data, "prize", {"level": "local", "size": 1, "rank": 1}, college="north").points == 1


def test_a_table_without_a_row_for_the_facts_is_a_problem_at_the_fact():
    data = with_category(
        """
[[category.field]]
name = "a"
label = "A"
kind = "choice"
choices = ["x", "y"]
[[category.field]]
name = "b"
label = "B"
kind = "choice"
choices = ["x", "y"]
[category.table.t]
label = "T"
by = ["a", "b"]
clause = "rules.1"
rows = [["x", "x", 1], ["y", "y", 2]]
[[category.step]]
rule = "lookup"
label = "T"
clause = "rules.1"
table = "t"
"""
    )
    result = evaluate(data, "extra", {"a": "x", "b": "y"}, college=None)

    assert messages(result) == {"b": "“T”中没有“x，y”这一项"}


@pytest.mark.parametrize(
    ("number", "text"), [("3.60", "3.6"), ("10", "10"), ("1E+1", "10"), ("0.00", "0"), ("-0", "0"), ("100.10", "100.1")]
)
def test_numbers_are_written_as_people_do(number, text):
    assert plain(Decimal(number)) == text
