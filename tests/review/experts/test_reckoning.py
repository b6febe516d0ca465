"""Median and spread at their edges; a score's range and places. Pure."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credits.evaluation.scheme import Rounding, Scoring
from review.experts.reckoning import outcome, score_problem

WIDE = (Decimal(1), Decimal(4))
THIRDS = Scoring(least=3, spread_parts=Decimal(3), clause="")
HUNDREDTHS = Rounding(places=2, mode="half_up")


def reckon(*scores, allowed=WIDE, rounding=HUNDREDTHS):
    return outcome([Decimal(score) for score in scores], allowed, THIRDS, rounding)


@pytest.mark.parametrize(
    ("scores", "middle"),
    [
        (("2", "3", "4"), "3"),
        (("4", "2", "2"), "2"),
        (("2", "2.5"), "2.25"),
        (("1.01", "1.02"), "1.02"),  # 1.015, rounded half up
        (("1", "2", "3", "4"), "2.5"),
        (("3",), "3"),
    ],
)
def test_the_result_is_the_median_with_the_schemes_places(scores, middle):
    assert reckon(*scores).score == Decimal(middle)


@pytest.mark.parametrize(("mode", "middle"), [("half_up", "1.3"), ("half_even", "1.2"), ("down", "1.2")])
def test_the_schemes_mode_rounds(mode, middle):
    assert reckon("1.2", "1.3", rounding=Rounding(1, mode)).score == Decimal(middle)


@pytest.mark.parametrize(
    ("scores", "too_far"),
    [
        (("2", "2", "3"), False),  # exactly a third of 1–4
        (("2", "2", "3.01"), True),
        (("2", "2", "2"), False),
        (("1", "2", "4"), True),
    ],
)
def test_a_spread_of_exactly_a_third_is_not_above_it(scores, too_far):
    assert reckon(*scores).too_far is too_far


def test_a_third_that_has_no_last_decimal_is_compared_exactly():
    allowed = (Decimal(6), Decimal(8))

    assert reckon("6", "6.66", allowed=allowed).too_far is False
    assert reckon("6", "6.67", allowed=allowed).too_far is True


@pytest.mark.parametrize(
    ("score", "problem"),
    [("1", ""), ("4", ""), ("2.35", ""), ("0.99", "range"), ("4.01", "range"), ("2.345", "places"), ("-1", "range")],
)
def test_a_score_lies_inside_the_range_with_the_schemes_places(score, problem):
    assert score_problem(Decimal(score), WIDE, HUNDREDTHS) == problem


@given(st.lists(st.decimals("1", "4", places=2), min_size=1, max_size=9))
def test_the_result_lies_among_the_scores_whatever_their_order(scores):
    found = outcome(scores, WIDE, THIRDS, HUNDREDTHS)

    assert min(scores) <= found.score <= max(scores)
    assert found == outcome(sorted(scores, reverse=True), WIDE, THIRDS, HUNDREDTHS)
