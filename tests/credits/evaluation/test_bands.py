from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credits.evaluation.bands import (
    Band,
    Interval,
    check_bands,
    format_interval,
    grade_for,
    next_band,
    parse_interval,
)

MODULE = [
    Band.parse("2", "合格"),
    Band.parse("(2,4]", "中等"),
    Band.parse("(4,6)", "良好"),
    Band.parse("≥6", "优秀"),
]
COURSE = [
    Band.parse("[4,6)", "合格"),
    Band.parse("[6,7)", "中等"),
    Band.parse("[7,9)", "良好"),
    Band.parse("≥9", "优秀"),
]


@pytest.mark.parametrize(
    ("bands", "total", "grade"),
    [
        (MODULE, "1.99", None),
        (MODULE, "2", "合格"),
        (MODULE, "2.00", "合格"),
        (MODULE, "2.01", "中等"),
        (MODULE, "4", "中等"),
        (MODULE, "4.01", "良好"),
        (MODULE, "5.99", "良好"),
        (MODULE, "6", "优秀"),
        (MODULE, "60", "优秀"),
        (COURSE, "3.99", None),
        (COURSE, "4", "合格"),
        (COURSE, "5.99", "合格"),
        (COURSE, "6", "中等"),
        (COURSE, "6.99", "中等"),
        (COURSE, "7", "良好"),
        (COURSE, "7.6", "良好"),
        (COURSE, "8.99", "良好"),
        (COURSE, "9", "优秀"),
    ],
)
def test_a_total_has_the_grade_of_its_band_at_both_edges(bands, total, grade):
    band = grade_for(bands, Decimal(total))

    assert (band.grade if band else None) == grade


@pytest.mark.parametrize(
    ("bands", "total", "distance", "grade"),
    [
        (MODULE, "0", "2", "合格"),
        (MODULE, "2", "0.01", "中等"),
        (MODULE, "3", "1.01", "良好"),
        (MODULE, "4", "0.01", "良好"),
        (MODULE, "5.6", "0.4", "优秀"),
        (COURSE, "7.6", "1.4", "优秀"),
        (COURSE, "6.99", "0.01", "良好"),
    ],
)
def test_the_distance_to_the_next_grade(bands, total, distance, grade):
    missing, band = next_band(bands, Decimal(total))

    assert (missing, band.grade) == (Decimal(distance), grade)
    assert grade_for(bands, Decimal(total) + missing) == band


def test_nothing_lies_above_the_highest_grade():
    assert next_band(MODULE, Decimal(6)) is None


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("[2,4)", (2, True, 4, False)),
        ("(2,4]", (2, False, 4, True)),
        ("（2，4］", (2, False, 4, True)),
        (" [ 2 , 4.5 ) ", (2, True, Decimal("4.5"), False)),
        ("[6,+∞)", (6, True, None, False)),
        ("(6,)", (6, False, None, False)),
        ("≥6", (6, True, None, False)),
        (">=6", (6, True, None, False)),
        ("＞6", (6, False, None, False)),
        ("2", (2, True, 2, True)),
        ("[2,2]", (2, True, 2, True)),
    ],
)
def test_intervals_are_read_as_people_type_them(text, interval):
    assert parse_interval(text) == Interval(*interval)


@pytest.mark.parametrize(
    "text", ["", "2-4", "[2,4", "2,4]", "[a,b]", "[6,]", "[-1,2]", "[2;4]", "<6", "[4,2]", "[2,2)", "(2,2)"]
)
def test_what_is_no_interval_is_refused_with_a_reason(text):
    with pytest.raises(ValueError, match="区间"):
        parse_interval(text)


numbers = st.decimals(0, 99, places=2, allow_nan=False)


@given(low=numbers, width=numbers, low_closed=st.booleans(), high_closed=st.booleans(), endless=st.booleans())
def test_an_interval_survives_being_written_and_read(low, width, low_closed, high_closed, endless):
    point = width == 0
    interval = (
        Interval(low, low_closed, None, upper_closed=False)
        if endless
        else Interval(low, low_closed or point, low + width, high_closed or point)
    )

    assert parse_interval(format_interval(interval)) == interval


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        ([], "至少"),
        (["[1,2)", "[3,4)"], "空缺"),
        (["[1,3)", "[2,4)"], "重叠"),
        (["[1,2]", "[2,4)"], "同时属于"),
        (["[1,2)", "(2,4)"], "不属于"),
        (["[2,4)", "[1,2)"], "由低到高"),
        (["≥1", "[2,4)"], "重叠"),
    ],
)
def test_bands_that_leave_a_total_undecided_are_found(texts, found):
    (problem,) = check_bands([Band.parse(text, str(position)) for position, text in enumerate(texts)])

    assert found in problem


def test_a_grade_named_twice_is_found():
    (problem,) = check_bands([Band.parse("[1,2)", "好"), Band.parse("[2,3)", "好")])

    assert "两次" in problem


@pytest.mark.parametrize("bands", [MODULE, COURSE])
def test_good_bands_have_no_problem(bands):
    assert check_bands(bands) == []
