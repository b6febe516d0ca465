"""Conditions, thresholds, ranges that people decide in, and a team's shares, each on a small category."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credits.evaluation import Evaluation, PackError
from tests.packs import choice, field, run, step, table, with_category

WORTH = choice("kind", "x") + table("worth", ["kind"], [["x", 4]]) + step("lookup", 'table = "worth"')
OURS = (
    field("ours", "boolean", "required = false")
    + WORTH
    + step("require", 'fact = "ours"\nis = ["true"]\nmessage = "not ours"')
)


def refused(result):
    return [problem.field for problem in result.problems]


@pytest.mark.parametrize("facts", [{"ours": "false"}, {"ours": ""}, {}])
def test_what_is_required_must_be_so_or_nothing_counts(facts):
    (problem,) = run(OURS, kind="x", **facts).problems

    assert (problem.field, problem.message) == ("ours", "not ours")


def test_what_is_required_and_so_stands_in_the_trace():
    result = run(OURS, kind="x", ours="true")

    assert result.points == 4
    assert (result.steps[1].output, result.steps[1].inputs, result.steps[1].clause) == (
        "是",
        {"Ours": "是"},
        "Rules-one",
    )


THRESHOLD = (
    choice("level", "high", "low", "free")
    + field("money", "decimal", "required = false")
    + table("least", ["level"], [["high", 100], ["low", 10]])
    + table("worth", ["level"], [["high", 3], ["low", 1], ["free", 1]])
    + step("at_least", 'fact = "money"\ntable = "least"')
    + step("lookup", 'table = "worth"')
)


@pytest.mark.parametrize(("level", "money", "points"), [("high", "100", 3), ("low", "10", 1), ("free", "0", 1)])
def test_a_threshold_that_is_reached_changes_nothing(level, money, points):
    assert run(THRESHOLD, level=level, money=money).points == points


@pytest.mark.parametrize(("level", "money", "least"), [("high", "99.99", "100"), ("low", "0", "10")])
def test_below_a_threshold_both_figures_are_named(level, money, least):
    (problem,) = run(THRESHOLD, level=level, money=money).problems

    assert problem.field == "money"
    assert f"为 {money}，" in problem.message
    assert f"至少 {least}" in problem.message


def test_where_no_threshold_stands_nothing_is_asked():
    assert run(THRESHOLD, level="free").steps[0].output == "不要求"
    assert refused(run(THRESHOLD, level="low")) == ["money"]


BY_WAY = (
    choice("level", "high")
    + field("way", "choice", 'choices = ["sold", "kept"]\nrequired = false')
    + field("money", "decimal", "required = false")
    + table("least", ["level", "way"], [["high", "sold", 100]])
    + table("worth", ["level"], [["high", 3]])
    + step("at_least", 'fact = "money"\ntable = "least"')
    + step("lookup", 'table = "worth"')
)


@pytest.mark.parametrize("facts", [{}, {"way": "kept"}])
def test_a_threshold_for_another_way_does_not_hold(facts):
    assert run(BY_WAY, level="high", **facts).points == 3


def test_a_threshold_for_this_way_holds():
    assert refused(run(BY_WAY, level="high", way="sold", money="99")) == ["money"]


SCORE = field("score", "decimal", 'required = false\nasked_of = "reviewer"')
BEYOND = field("beyond", "boolean", 'required = false\nasked_of = "reviewer"')
RANGE = choice("level", "top", "fixed") + table("span", ["level"], [["top", 8, 10], ["fixed", 2, 2]])
JUDGED = SCORE + BEYOND + RANGE + step("range", 'table = "span"')
JUDGED += step("judged", 'fact = "score"\nbeyond = "beyond"')


def test_until_people_decide_the_range_stays():
    result = run(JUDGED, level="top")

    assert (result.points, result.minimum, result.maximum, result.range) == (None, 8, 10, (8, 10))
    assert result.steps[1].formula == "8–10，待评定"


@pytest.mark.parametrize("score", ["8", "8.5", "10"])
def test_what_they_decide_inside_the_range_counts_and_the_range_is_remembered(score):
    result = run(JUDGED, level="top", score=score)

    assert (result.points, result.range) == (Decimal(score), (8, 10))
    assert result.steps[1].formula == f"8 ≤ {score} ≤ 10"


@pytest.mark.parametrize("score", ["7.99", "10.01"])
def test_outside_the_range_only_the_committee_decides(score):
    assert refused(run(JUDGED, level="top", score=score)) == ["score"]
    assert refused(run(JUDGED, level="top", score=score, beyond="false")) == ["score"]
    decided = run(JUDGED, level="top", score=score, beyond="true")
    assert decided.range == (8, 10)
    assert decided.steps[1].formula == f"{score}（范围 8–10 以外）"


def test_where_the_rules_leave_nothing_to_judge_there_is_no_range():
    assert run(JUDGED, level="fixed").range is None
    assert run(JUDGED, level="fixed").points == 2
    assert refused(run(JUDGED, level="fixed", score="3")) == ["score"]
    assert run(JUDGED, level="fixed", score="3", beyond="true").points == 3


@given(st.decimals(0, 12, places=1), st.booleans())
def test_no_score_leaves_the_range_without_the_flag(score, beyond):
    result = run(JUDGED, level="top", score=str(score), beyond=beyond)

    assert (result.points is None) == (not beyond and not 8 <= score <= 10)


def test_the_range_survives_json_and_old_traces_have_none():
    result = run(JUDGED, level="top", score="9")
    stored = result.as_json()

    assert Evaluation.from_json(stored) == result
    del stored["range"]
    assert Evaluation.from_json(stored).range is None


def test_off_the_table_there_is_a_range_that_no_table_states():
    body = SCORE + step("open_range", "low = 1\nhigh = 10") + step("judged", 'fact = "score"')

    assert run(body).range == (1, 10)
    assert run(body, score="1").points == 1
    assert refused(run(body, score="0.9")) == ["score"]


WAYS = """way = [
  { when = "all", share = "full" },
  { when = "even", share = "equal" },
  { when = "place", share = "rank" },
  { when = "deal", share = "ratio" },
]"""
TEAM = (
    choice("alone", "yes", "no")
    + field("size", extra='min = 1\nshown_when = { field = "alone", is = ["no"] }')
    + field("rank", extra='min = 1\notherwise = "1"\nshown_when = { field = "alone", is = ["no"] }')
    + field("how", "choice", 'choices = ["all", "even", "place", "deal", "odd"]\nrequired = false\notherwise = "all"')
    + field("ratio", "decimal", "max = 100\nrequired = false")
    + choice("kind", "x", "y")
    + table("worth", ["kind"], [["x", 8], ["y", 6, 8]])
    + step("range", 'table = "worth"')
    + step("team_share", f'method = "how"\nrank = "rank"\nsize = "size"\nratio = "ratio"\n{WAYS}')
)


@pytest.mark.parametrize(
    ("facts", "points", "formula"),
    [
        ({"how": "all"}, 8, "all：8 × 1 = 8"),
        ({"how": "even"}, "2.7", "even：8 × 1/3 ≈ 2.7"),
        ({"how": "place"}, 4, "place：8 × 1/2 = 4"),
        ({"how": "deal", "ratio": "12.5"}, 1, "deal：8 × 12.5% = 1"),
        ({"how": "deal", "ratio": "0"}, 0, "deal：8 × 0% = 0"),
        ({}, 8, "all：8 × 1 = 8"),
    ],
)
def test_a_members_part_follows_the_chosen_method(facts, points, formula):
    result = run(TEAM, alone="no", size=3, rank=2, kind="x", **facts)

    assert (result.points, result.steps[1].formula) == (Decimal(points), formula)


def test_alone_the_result_is_whole_whatever_the_method():
    assert run(TEAM, alone="yes", kind="x", how="even").points == 8


def test_both_ends_of_a_range_are_shared():
    result = run(TEAM, alone="no", size=4, rank=2, kind="y", how="even")

    assert (result.minimum, result.maximum) == (Decimal("1.5"), 2)


@pytest.mark.parametrize(
    ("facts", "field_name"),
    [({"how": "deal"}, "ratio"), ({"how": "odd"}, "how"), ({"how": "deal", "ratio": "101"}, "ratio")],
)
def test_a_method_without_its_figure_is_a_problem_there(facts, field_name):
    assert refused(run(TEAM, alone="no", size=3, rank=2, kind="x", **facts)) == [field_name]


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (SCORE + step("open_range", "low = 3\nhigh = 2"), "low"),
        (SCORE + step("open_range", "low = 3"), "high"),
        (OURS.replace('is = ["true"]', "is = []"), "is"),
        (OURS.replace('message = "not ours"', ""), "message"),
        (THRESHOLD.replace('table = "least"', 'table = "leest"'), "table"),
        (TEAM.replace('ratio = "ratio"\n', ""), "ratio"),
        (TEAM.replace('share = "equal"', 'share = "equally"'), "share"),
        (TEAM.replace('share = "equal" }', 'share = "equal", more = 1 }'), "more"),
        (SCORE.replace("required = false", "required = true"), "required"),
        (SCORE.replace('"reviewer"', '"reviewers"'), "asked_of"),
    ],
)
def test_senseless_parameters_are_refused(body, key):
    with pytest.raises(PackError) as caught:
        with_category(body)

    assert any(problem.key.endswith(f".{key}") for problem in caught.value.problems), caught.value
