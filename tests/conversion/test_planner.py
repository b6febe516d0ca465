"""The planner: the least combination per grade, held against trying every subset."""

from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversion import planner
from conversion.planner import Record, first_total, judge, look_ahead
from credits.evaluation.bands import Band

D = Decimal
FOUR_CREDITS = [
    Band.parse("[4,6)", "pass"),
    Band.parse("[6,7)", "fair"),
    Band.parse("[7,9)", "good"),
    Band.parse("≥9", "excellent"),
]
TWO_CREDITS = [
    Band.parse("2", "pass"),
    Band.parse("(2,4]", "fair"),
    Band.parse("(4,6)", "good"),
    Band.parse("≥6", "excellent"),
]


def records(*amounts):
    return [Record(place, D(amount)) for place, amount in enumerate(amounts, start=1)]


def ids(plan):
    return [use.record.id for use in plan.uses]


def test_the_manuals_example_earns_the_third_band():
    outlook = look_ahead(records("1", "3", "3.6"), FOUR_CREDITS, whole_records=True)
    assert outlook.best.grade == "good"
    assert outlook.best.total == D("7.6")
    assert outlook.best.waste == D("0.6")
    assert outlook.best.remaining == 0
    assert [(plan.grade, plan.total) for plan in outlook.plans] == [
        ("pass", D(4)),
        ("fair", D("6.6")),
        ("good", D("7.6")),
    ]


def test_the_best_grade_comes_at_its_least_total_not_with_everything():
    outlook = look_ahead(records("1", "3", "3.6", "5.4"), FOUR_CREDITS, whole_records=True)
    assert (outlook.best.grade, outlook.best.total, ids(outlook.best)) == ("excellent", D("9.0"), [3, 4])
    assert outlook.best.waste == 0
    assert outlook.best.remaining == D(4)


def test_the_fewest_records_win_a_tie():
    outlook = look_ahead(records("1", "2", "1", "4"), FOUR_CREDITS, whole_records=True)
    assert ids(outlook.plans[0]) == [4]


def test_an_open_lower_edge_needs_one_smallest_step_more():
    assert first_total(TWO_CREDITS[1]) == D("2.01")
    outlook = look_ahead(records("2", "0.01"), TWO_CREDITS, whole_records=True)
    assert [(plan.grade, plan.total, plan.waste) for plan in outlook.plans] == [
        ("pass", D("2.00"), D(0)),
        ("fair", D("2.01"), D("0.01")),
    ]


def test_a_closed_upper_edge_still_belongs_to_the_band():
    outlook = look_ahead(records("4"), TWO_CREDITS, whole_records=True)
    assert [plan.grade for plan in outlook.plans] == ["fair"]


def test_a_record_that_jumps_over_a_band_does_not_reach_it():
    outlook = look_ahead(records("3", "5"), TWO_CREDITS, whole_records=True)
    assert [(plan.grade, ids(plan)) for plan in outlook.plans] == [("fair", [1]), ("good", [2]), ("excellent", [1, 2])]


def test_too_little_reaches_nothing():
    outlook = look_ahead(records("1", "0.5"), TWO_CREDITS, whole_records=True)
    assert outlook.best is None
    assert outlook.usable == D("1.5")


@pytest.mark.parametrize("amounts", [(), ("0",)])
def test_nothing_to_convert(amounts):
    assert look_ahead(records(*amounts), TWO_CREDITS, whole_records=True).plans == ()


def test_parts_waste_nothing_and_take_the_largest_first():
    outlook = look_ahead(records("1", "3", "3.6"), FOUR_CREDITS, whole_records=False)
    best = outlook.best
    assert (best.grade, best.total, best.waste) == ("good", D("7.0"), D(0))
    assert best.amounts == {3: D("3.6"), 2: D("3"), 1: D("0.4")}


def test_a_selection_tells_its_grade_and_the_distance_to_the_next():
    chosen = judge([D(1), D(3), D("3.6")], FOUR_CREDITS)
    assert (chosen.total, chosen.grade, chosen.missing, chosen.next_grade) == (
        D("7.6"),
        "good",
        D("1.4"),
        "excellent",
    )
    assert judge([D("8.6")], FOUR_CREDITS).missing == D("0.4")


def test_a_selection_below_the_lowest_band_has_no_grade_yet():
    chosen = judge([D(1)], FOUR_CREDITS)
    assert not chosen.is_enough
    assert (chosen.missing, chosen.next_grade) == (D(3), "pass")


def test_a_selection_in_the_highest_band_has_nothing_above():
    assert judge([D(10)], FOUR_CREDITS).missing is None


def test_sixty_records_stay_exact():
    outlook = look_ahead(
        records(*(f"{1 + place % 7}.{place % 10}" for place in range(60))), FOUR_CREDITS, whole_records=True
    )
    assert outlook.exhaustive
    assert [plan.waste for plan in outlook.plans] == [0, 0, 0, 0]


def test_beyond_the_budget_the_largest_records_still_give_a_plan(monkeypatch):
    monkeypatch.setattr(planner, "BUDGET", 3000)
    outlook = look_ahead(records("0.01", "5.01", "4.02", "0.03"), FOUR_CREDITS, whole_records=True)
    assert not outlook.exhaustive
    assert ids(outlook.best) == [2, 3]


@st.composite
def edges(draw):
    """Bands that meet without gap, each edge open or closed."""
    cuts = draw(st.lists(st.integers(1, 1200), min_size=1, max_size=4, unique=True).map(sorted))
    closed = draw(st.lists(st.booleans(), min_size=len(cuts), max_size=len(cuts)))
    found = []
    for place, cut in enumerate(cuts):
        last = place + 1 == len(cuts)
        upper = None if last else D(cuts[place + 1]).scaleb(-2)
        upper_closed = not last and not closed[place + 1]
        found.append(Band(D(cut).scaleb(-2), closed[place], upper, upper_closed, f"grade {place}"))
    return found


amounts = st.lists(st.integers(1, 900).map(lambda n: D(n).scaleb(-2)), max_size=8)


@given(amounts, edges())
def test_no_subset_is_better_than_the_plan(points, bands):
    rows = [Record(place, amount) for place, amount in enumerate(points)]
    outlook = look_ahead(rows, bands, whole_records=True)
    plans = {plan.grade: plan for plan in outlook.plans}
    for band in bands:
        subsets = [s for n in range(1, len(rows) + 1) for s in combinations(rows, n)]
        fitting = [(sum(r.points for r in s), len(s)) for s in subsets if sum(r.points for r in s) in band]
        plan = plans.get(band.grade)
        assert ((plan.total, len(plan.uses)) if plan else None) == (min(fitting) if fitting else None)


def test_a_band_between_two_hundredths_is_reached_by_nothing():
    bands = [Band.parse("(0.01,0.02)", "never"), Band.parse("≥0.02", "pass")]
    outlook = look_ahead([Record(1, D("0.02"))], bands, whole_records=False)
    assert [plan.grade for plan in outlook.plans] == ["pass"]


@given(amounts, edges())
def test_parts_reach_every_band_that_the_sum_reaches(points, bands):
    rows = [Record(place, amount) for place, amount in enumerate(points)]
    outlook = look_ahead(rows, bands, whole_records=False)
    reachable = [band for band in bands if first_total(band) <= sum(points, D(0)) and first_total(band) in band]
    assert [plan.band for plan in outlook.plans] == reachable
    for plan in outlook.plans:
        assert plan.total == first_total(plan.band)
        assert plan.total in plan.band
        assert all(0 < use.points <= use.record.points for use in plan.uses)
