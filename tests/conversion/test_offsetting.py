"""The proposal of an offset: exactly what the course wants, of as few records as can do."""

from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversion.offsetting import best_cover, wanted_for
from conversion.planner import Record
from credits.evaluation.scheme import Conversion

D = Decimal
AMOUNTS = st.lists(st.integers(1, 900).map(lambda hundredths: D(hundredths).scaleb(-2)), max_size=7)


def records(*points):
    return [Record(place, D(amount)) for place, amount in enumerate(points, start=1)]


def amounts(*points, wanted, whole=False):
    found = best_cover(records(*points), D(wanted), whole_records=whole)
    return None if found is None else {place: str(amount) for place, amount in found.amounts.items()}


@pytest.mark.parametrize(
    ("points", "wanted", "found"),
    [
        (("5",), "2", {1: "2"}),
        (("5", "2"), "6", {1: "5", 2: "1"}),
        (("4", "3"), "3", {2: "3"}),
        (("2", "2", "4"), "4", {3: "4"}),
        (("1", "1", "1"), "3", {1: "1", 2: "1", 3: "1"}),
        (("0.5",), "0.51", None),
        ((), "1", None),
    ],
)
def test_parts_reach_the_total_with_the_fewest_records(points, wanted, found):
    assert amounts(*points, wanted=wanted) == found


def test_where_only_whole_records_count_the_sum_must_come_out():
    assert amounts("5", "2", "1", wanted="3", whole=True) == {2: "2", 3: "1"}
    assert amounts("5", "2", wanted="3", whole=True) is None


@given(AMOUNTS, st.integers(1, 2000).map(lambda hundredths: D(hundredths).scaleb(-2)))
def test_a_proposal_is_exact_and_no_smaller_number_of_records_could_do(points, wanted):
    found = best_cover(records(*points), wanted, whole_records=False)
    if found is None:
        assert sum(points, D(0)) < wanted
        return
    assert sum(found.amounts.values(), D(0)) == wanted
    assert all(D(0) < use.points <= use.record.points for use in found.uses)
    fewer = combinations(points, len(found.uses) - 1)
    assert all(sum(chosen, D(0)) < wanted for chosen in fewer)


@given(AMOUNTS, st.integers(1, 2000).map(lambda hundredths: D(hundredths).scaleb(-2)))
def test_whole_records_are_found_whenever_some_make_the_total(points, wanted):
    found = best_cover(records(*points), wanted, whole_records=True)
    sizes = [
        size for size in range(1, len(points) + 1) for some in combinations(points, size) if sum(some, D(0)) == wanted
    ]
    assert (found is None) == (not sizes)
    if found:
        assert len(found.uses) == min(sizes)
        assert all(use.points == use.record.points for use in found.uses)


@pytest.mark.parametrize(
    ("credits", "rate", "wanted"), [("2", "1", "2"), ("2.25", "1", "2.25"), ("1.5", "2", "3"), ("0.25", "0.5", "0.13")]
)
def test_a_course_wants_its_credits_at_the_rate_and_never_less(credits, rate, wanted):  # noqa: A002 - the field's name
    assert wanted_for(D(credits), Conversion(whole_records=False, mode="offset", rate=D(rate))) == D(wanted)
