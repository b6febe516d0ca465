from dataclasses import dataclass
from decimal import Decimal

import pytest

from credits.evaluation import PackError
from credits.evaluation.kinds.accumulation import accumulate
from credits.evaluation.registry import KINDS, Result, Rule, rule_kind
from credits.evaluation.spans import Span
from tests.packs import choice, field, run, step, table, with_category

BY_NAME_SHARE_OR_PLACE = (
    choice("basis", "name", "share", "place")
    + field("award", "choice", 'choices = ["1st", "2nd", "3rd"]\nshown_when = { field = "basis", is = ["name"] }')
    + field("percent", "decimal", 'shown_when = { field = "basis", is = ["share"] }')
    + field("place", "integer", 'shown_when = { field = "basis", is = ["place"] }')
    + table("worth", ["level"], [["1st", 3], ["2nd", 2], ["3rd", 1]])
    + step(
        "normalise_award",
        """into = "level"
basis = "basis"
source = [
  { when = "name", fact = "award" },
  { when = "share", fact = "percent", tier = [
    { up_to = 3, award = "1st" }, { up_to = 10, award = "2nd" }, { up_to = 20, award = "3rd" } ] },
  { when = "place", fact = "place", tier = [
    { up_to = 1, award = "1st" }, { up_to = 3, award = "2nd" }, { up_to = 8, award = "3rd" } ] },
]""",
    )
    + step("lookup", 'table = "worth"')
)


@pytest.mark.parametrize(
    ("facts", "points"),
    [
        ({"basis": "name", "award": "1st"}, 3),
        ({"basis": "name", "award": "3rd"}, 1),
        ({"basis": "share", "percent": "3"}, 3),
        ({"basis": "share", "percent": "3.01"}, 2),
        ({"basis": "share", "percent": "10"}, 2),
        ({"basis": "share", "percent": "10.01"}, 1),
        ({"basis": "share", "percent": "20"}, 1),
        ({"basis": "place", "place": 1}, 3),
        ({"basis": "place", "place": 2}, 2),
        ({"basis": "place", "place": 3}, 2),
        ({"basis": "place", "place": 4}, 1),
        ({"basis": "place", "place": 8}, 1),
    ],
)
def test_an_award_is_normalised(facts, points):
    assert run(BY_NAME_SHARE_OR_PLACE, **facts).points == points


@pytest.mark.parametrize(("facts", "field"), [({"percent": "20.01"}, "percent"), ({"place": 9}, "place")])
def test_an_award_beyond_the_last_tier_is_a_problem_at_its_fact(facts, field):
    result = run(BY_NAME_SHARE_OR_PLACE, basis="share" if "percent" in facts else "place", **facts)

    assert [problem.field for problem in result.problems] == [field]


def test_a_missing_row_points_at_the_fact_behind_a_normalised_award():
    body = BY_NAME_SHARE_OR_PLACE.replace("['3rd', 1]", "['4th', 1]")

    assert run(body, basis="place", place=8).problems[0].field == "place"


FIRST_THREE = field("rank") + table("later", ["rank"], [[5, 0.8], [10, 0.6], ["*", 0]], "stepped = true")


@pytest.mark.parametrize(
    ("rank", "factor"), [(1, "1"), (3, "1"), (4, "0.8"), (5, "0.8"), (6, "0.6"), (10, "0.6"), (11, "0"), (99, "0")]
)
def test_the_first_three_share_the_maximum_and_later_ones_have_their_factor(rank, factor):
    assert run(
        FIRST_THREE + step("first_share", 'rank = "rank"\nfirst = 3\ntable = "later"'), rank=rank
    ).points == Decimal(factor).quantize(Decimal("0.1"))


@pytest.mark.parametrize(("rank", "factor"), [(3, 1), (4, 0)])
def test_without_a_table_later_members_have_nothing(rank, factor):
    assert run(field("rank") + step("first_share", 'rank = "rank"\nfirst = 3'), rank=rank).points == factor


def test_a_number_beyond_a_stepped_table_is_a_problem():
    body = field("rank") + table("t", ["rank"], [[2, 1], [4, 0.5]], "stepped = true") + step("lookup", 'table = "t"')

    assert run(body, rank=4).points == Decimal("0.5")
    assert run(body, rank=5).problems[0].field == "rank"


AUTHORS = field("rank") + field("supervisor", "boolean", "required = false") + choice("contest", "usual", "named")
PROMOTED = AUTHORS + step("supervisor_first", 'into = "counted"\nrank = "rank"\nsupervisor = "supervisor"')
COUNTED = PROMOTED + table("worth", ["contest"], [["usual", 4], ["named", 4]]) + step("lookup", 'table = "worth"')
LIMITED = COUNTED + step(
    "first_count", 'rank = "counted"\nlimit = 5\ncase = "contest"\nexception = [{ is = "named", limit = 8 }]'
)


@pytest.mark.parametrize(
    ("rank", "supervisor", "contest", "points"),
    [
        (1, False, "usual", 4),
        (2, True, "usual", 4),
        (5, False, "usual", 4),
        (6, False, "usual", 0),
        (6, True, "usual", 0),
        (8, False, "named", 4),
        (9, False, "named", 0),
    ],
)
def test_only_the_first_authors_count_with_named_exceptions(rank, supervisor, contest, points):
    assert run(LIMITED, rank=rank, supervisor=supervisor, contest=contest).points == points


@pytest.mark.parametrize(
    ("rank", "supervisor", "counted"), [(1, False, "1"), (2, False, "2"), (2, True, "1"), (3, True, "3")]
)
def test_behind_a_supervisor_the_second_author_counts_as_first(rank, supervisor, counted):
    assert run(LIMITED, rank=rank, supervisor=supervisor, contest="usual").steps[0].output == counted


def test_nobody_is_first_author_together_with_a_supervisor():
    (problem,) = run(LIMITED, rank=1, supervisor=True, contest="usual").problems

    assert (problem.field, "不可能" in problem.message) == ("rank", True)


RANGES = (
    choice("level", "top", "low")
    + table("span", ["level"], [["top", 8, 10], ["low", 1, 2]])
    + step("range", 'table = "span"')
)


def test_a_range_is_left_to_judgement():
    result = run(RANGES, level="top")

    assert (result.points, result.minimum, result.maximum) == (None, 8, 10)
    assert result.steps[0].output == "8–10"


def test_factors_and_caps_work_on_both_ends_of_a_range():
    body = (
        choice("level", "top")
        + table("span", ["level"], [["top", 6, 10]])
        + table("factor", ["level"], [["top", 0.5]])
        + step("range", 'table = "span"\ninto = "A"')
        + step("lookup", 'table = "factor"\ninto = "B"')
        + step("product", 'of = ["A", "B"]')
        + step("cap", "limit = 4")
    )
    result = run(body, level="top")

    assert (result.minimum, result.maximum) == (3, 4)
    assert result.steps[2].formula == "A × B = 6–10 × 0.5 = 3–5"


STEPS = (
    choice("kind", "patent", "software")
    + field("state", "choice", 'choices = ["granted", "used", "sold"]\nrequired = false')
    + table("span", ["kind"], [["patent", 6, 10], ["software", 3, 5]])
    + table("steps", ["kind", "state"], [["patent", "granted", 6], ["patent", "used", 10], ["software", "sold", 6]])
    + step("range", 'table = "span"')
    + step("step_in_range", 'fact = "state"\ntable = "steps"')
)


@pytest.mark.parametrize(
    ("facts", "minimum", "maximum"),
    [
        ({"kind": "patent", "state": "granted"}, 6, 6),
        ({"kind": "patent", "state": "used"}, 10, 10),
        ({"kind": "patent"}, 6, 10),
        ({"kind": "software"}, 3, 5),
    ],
)
def test_a_step_fixes_the_points_inside_the_range(facts, minimum, maximum):
    result = run(STEPS, **facts)

    assert (result.minimum, result.maximum) == (minimum, maximum)


def test_a_step_outside_its_range_is_refused():
    assert run(STEPS, kind="software", state="sold").problems[0].field == "state"


@pytest.mark.parametrize(
    ("total", "per", "worth", "points", "rest"),
    [(0, 8, 1, 0, 0), (7, 8, 1, 0, 7), (8, 8, 1, 1, 0), (15, 8, 1, 1, 7), (16, 8, 1, 2, 0), (33, 16, "0.5", 1, 1)],
)
def test_groups_earn_points_and_the_rest_carries_over(total, per, worth, points, rest):
    assert accumulate(total, per, Decimal(worth)) == (points, rest)


def test_what_carried_over_counts_and_what_is_left_is_said():
    body = field("seen") + field("carried", extra='required = false\notherwise = "0"')
    body += step("accumulate", 'counts = ["seen", "carried"]\nper = 8\nworth = 1')

    assert run(body, seen=12, carried=4).points == 2
    assert run(body, seen=12).points == 1
    formula = run(body, seen=12).steps[0].formula
    assert formula == "取整(12 ÷ 8) × 1 = 1（4 结转）"


def test_a_sum_adds_and_a_cap_cuts():
    body = (
        choice("a", "x")
        + table("one", ["a"], [["x", 1.5]])
        + table("two", ["a"], [["x", 2]])
        + step("lookup", 'table = "one"\ninto = "A"')
        + step("lookup", 'table = "two"\ninto = "B"')
        + step("sum", 'of = ["A", "B"]')
        + step("cap", "limit = 3")
    )

    assert [each.output for each in run(body, a="x").steps] == ["1.5", "2", "3.5", "3", "3"]


@pytest.mark.parametrize(
    ("mode", "worth", "points"),
    [("half_up", "0.25", "0.3"), ("half_even", "0.25", "0.2"), ("down", "0.29", "0.2"), ("half_up", "0.24", "0.2")],
)
def test_rounding_follows_the_scheme(mode, worth, points):
    from credits.evaluation.kinds.limits import rounded  # noqa: PLC0415 - only this test needs it
    from credits.evaluation.scheme import Rounding  # noqa: PLC0415

    assert rounded(Decimal(worth), Rounding(places=1, mode=mode)) == Decimal(points)


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (field("rank") + step("first_share", 'rank = "rank"\nfirst = 0'), "first"),
        (field("rank") + step("accumulate", 'counts = ["rank"]\nper = 0\nworth = 1'), "per"),
        (field("rank") + step("product", 'of = ["rank"]'), "of"),
        (
            field("rank") + table("t", ["rank"], [[4, 1], [2, 2]], "stepped = true") + step("lookup", 'table = "t"'),
            "rows",
        ),
        (
            field("rank") + table("t", ["rank"], [["*", 1], [2, 2]], "stepped = true") + step("lookup", 'table = "t"'),
            "rows",
        ),
        (field("rank") + table("t", ["rank"], [["x", 1]], "stepped = true") + step("lookup", 'table = "t"'), "rows"),
        (
            BY_NAME_SHARE_OR_PLACE.replace("up_to = 10", "up_to = 2"),
            "tier",
        ),
    ],
)
def test_senseless_parameters_are_refused(body, key):
    with pytest.raises(PackError) as caught:
        with_category(body)

    assert any(problem.key.endswith(f".{key}") for problem in caught.value.problems), caught.value


@pytest.fixture
def halving():
    @rule_kind("halving")
    @dataclass(frozen=True, slots=True)
    class Halving(Rule):
        of: str

        @classmethod
        def read(cls, reader):
            return cls(of=reader.text("of"))

        @property
        def reads(self):
            return (self.of,)

        def apply(self, context):
            half = context.span(self.of) * Span.exactly(Decimal("0.5"))
            return Result(half, context.shown(self.of), f"½ → {half}")

        def words(self, names):
            return f"½ {names.of(self.of)}"

    yield
    del KINDS["halving"]


@pytest.mark.usefixtures("halving")
def test_a_new_kind_is_one_class_and_nothing_else():
    result = run(field("seen") + step("halving", 'of = "seen"'), seen=5)

    assert (result.points, result.steps[0].rule) == (Decimal("2.5"), "halving")


def test_a_kind_is_entered_once():
    with pytest.raises(ValueError, match="twice"):
        rule_kind("cap")(KINDS["cap"])


def test_every_kind_says_what_it_is():
    assert all(kind.__doc__ and kind.kind == name for name, kind in KINDS.items())
