from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credits.evaluation.kinds.limits import rounded
from credits.evaluation.scheme import Rounding
from credits.evaluation.shares import EQUAL, FULL, RANK, RATIO, SHARES, check_shares, dealt, share_of, shares
from credits.evaluation.spans import Span


def fields(problems):
    return [(problem.member, problem.field) for problem in problems]


@pytest.mark.parametrize(
    ("share", "parts"),
    [
        (FULL, [1, 1, 1]),
        (EQUAL, [Fraction(1, 3)] * 3),
        (RANK, [1, Fraction(1, 2), Fraction(1, 3)]),
        (RATIO, [Fraction(6, 10), Fraction(3, 10), Fraction(1, 10)]),
    ],
)
def test_each_method_has_its_parts(share, parts):
    assert shares(share, [1, 2, 3], [Decimal(60), Decimal(30), Decimal(10)]) == parts


def test_members_who_are_not_listed_count_in_the_size():
    assert shares(EQUAL, [2, 3], size=5) == [Fraction(1, 5)] * 2


def test_after_a_supervisors_promotion_the_counted_rank_decides():
    assert shares(RANK, [1, 3]) == [1, Fraction(1, 3)]


@pytest.mark.parametrize(
    ("share", "numbers"),
    [
        ("half", {}),
        (EQUAL, {"size": 0}),
        (RANK, {"rank": 0}),
        (RATIO, {}),
        (RATIO, {"ratio": Decimal("100.01")}),
        (RATIO, {"ratio": Decimal("-0.01")}),
    ],
)
def test_what_allows_no_share_is_refused(share, numbers):
    with pytest.raises(ValueError, match=r"no (share|way)"):
        share_of(share, **numbers)


@pytest.mark.parametrize(
    ("ranks", "size", "found"),
    [
        ([1, 2, 3], None, []),
        ([3, 1, 2], None, []),
        ([1, 2], 5, []),
        ([1, 4], 3, [(1, "rank")]),
        ([0, 1], 3, [(0, "rank")]),
        ([1, 2, 2], None, [(1, "rank"), (2, "rank")]),
        ([1, 2, 3], 2, [(None, "size"), (2, "rank")]),
    ],
)
def test_a_teams_sheet_has_each_rank_once_and_none_beyond_its_size(ranks, size, found):
    problems = check_shares(EQUAL, ranks, size=size)

    assert fields(problems) == found
    assert all(problem.message for problem in problems)


@pytest.mark.parametrize(
    ("ratios", "found"),
    [
        (["60", "40"], []),
        (["60", "30"], []),
        (["0", "100"], []),
        (["60", "40.01"], [(None, "ratio")]),
        (["101", "0"], [(0, "ratio"), (None, "ratio")]),
        (["-1", "50"], [(0, "ratio")]),
        (["60", None], [(1, "ratio")]),
        (["60"], [(1, "ratio")]),
        ([], [(0, "ratio"), (1, "ratio")]),
    ],
)
def test_ratios_are_complete_and_never_more_than_the_whole(ratios, found):
    given_ratios = [None if ratio is None else Decimal(ratio) for ratio in ratios]

    assert fields(check_shares(RATIO, [1, 2], given_ratios)) == found


def test_ratios_do_not_matter_to_other_methods():
    assert check_shares(FULL, [1, 2], [Decimal(101), None]) == []


def test_the_message_says_by_how_much():
    assert "100.5%" in check_shares(RATIO, [1, 2], [Decimal(60), Decimal("40.5")])[0].message
    assert "排名 7 不在 1 到 3 之间" in check_shares(RANK, [7], size=3)[0].message


RATIOS = st.lists(st.decimals(0, 100, places=2), min_size=1, max_size=12)


@given(st.integers(1, 200))
def test_equal_parts_make_the_whole(size):
    assert sum(shares(EQUAL, list(range(1, size + 1)))) == 1


@given(RATIOS)
def test_accepted_ratios_never_exceed_the_whole(ratios):
    ranks = list(range(1, len(ratios) + 1))

    if sum(ratios) <= 100:
        assert check_shares(RATIO, ranks, ratios) == []
        assert sum(shares(RATIO, ranks, ratios)) <= 1
    else:
        assert fields(check_shares(RATIO, ranks, ratios)) == [(None, "ratio")]


@given(st.sampled_from(SHARES), RATIOS)
def test_nobody_exceeds_the_whole_or_falls_below_nothing(share, ratios):
    ranks = list(range(1, len(ratios) + 1))

    assert all(0 <= part <= 1 for part in shares(share, ranks, ratios))


@given(st.decimals("0.01", 10, places=2), st.integers(1, 200), st.sampled_from(["half_up", "half_even", "down"]))
def test_a_part_is_as_exact_as_the_rounding_needs(whole, size, mode):
    """The part of the decimal arithmetic rounds as the exact fraction does."""
    rounding = Rounding(places=2, mode=mode)
    part = rounded(Span.exactly(whole).part(Fraction(1, size)).low, rounding)
    exact = Fraction(whole) / size

    assert abs(Fraction(part) - exact) <= (Fraction(1, 100) if mode == "down" else Fraction(1, 200))
    assert mode != "down" or Fraction(part) <= exact


def test_a_third_is_shown_only_so_far():
    assert str(Span.exactly(Decimal(8)).part(Fraction(1, 3))) == "2.666667"
    assert str(Span(Decimal(6), Decimal(8)).part(Fraction(1, 2))) == "3–4"


@given(
    whole=st.decimals(min_value=0, max_value=10, places=3),
    size=st.integers(1, 40),
    places=st.integers(0, 2),
)
def test_equal_parts_sum_to_what_the_places_hold_of_the_whole(whole, size, places):
    parts = [dealt(EQUAL, whole, share_of(EQUAL, size=size), rank=rank, places=places) for rank in range(1, size + 1)]

    assert sum(parts) == whole.quantize(Decimal(1).scaleb(-places), rounding=ROUND_DOWN)
    assert parts == sorted(parts, reverse=True)
    assert parts[0] - parts[-1] <= Decimal(1).scaleb(-places)


@given(
    whole=st.decimals(min_value=0, max_value=10, places=2),
    cuts=st.lists(st.decimals(min_value=0, max_value=100, places=2), min_size=1, max_size=6),
)
def test_parts_by_ratio_never_sum_above_the_whole(whole, cuts):
    edges = [Decimal(0), *sorted(cuts), Decimal(100)]
    ratios = [high - low for low, high in pairwise(edges)]

    assert sum(dealt(RATIO, whole, share_of(RATIO, ratio=ratio), places=2) for ratio in ratios) <= whole


def test_five_among_three():
    assert [str(dealt(EQUAL, Decimal(5), Fraction(1, 3), rank=rank, places=2)) for rank in (1, 2, 3)] == [
        "1.67",
        "1.67",
        "1.66",
    ]
