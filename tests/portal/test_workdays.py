"""Periods of full days: over weekends, holidays, worked weekends, the new year and changes of the clock."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.workdays import HolidayTable, SpecialDay, add_days, period_of

CHINA = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")  # where a day may have 23 hours
DAY = datetime.timedelta(days=1)
# The turn of 2026 to 2027 as a decree could read: 1 to 3 January off, Sunday 27 December worked.
NEW_YEAR = HolidayTable(
    {
        datetime.date(2026, 12, 27): SpecialDay("元旦", works=True),
        datetime.date(2027, 1, 1): SpecialDay("元旦"),
        datetime.date(2027, 1, 2): SpecialDay("元旦"),
        datetime.date(2027, 1, 3): SpecialDay("元旦"),
    }
)


def at(text, zone=CHINA):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=zone)


def test_seven_calendar_days_are_seven_full_days_after_the_day_of_opening():
    period = period_of(at("2026-11-02 09:00"), 7, "calendar", HolidayTable(), CHINA)
    assert period.closes_at == at("2026-11-10 00:00")
    assert period.counted == tuple(datetime.date(2026, 11, day) for day in range(3, 10))
    assert period.skipped == ()


def test_a_period_that_opens_at_midnight_counts_its_first_day():
    period = period_of(at("2026-11-02 00:00"), 7, "calendar", HolidayTable(), CHINA)
    assert period.closes_at == at("2026-11-09 00:00")


def test_working_days_skip_weekends_and_holidays_over_the_new_year():
    period = period_of(at("2026-12-25 10:00"), 5, "working", NEW_YEAR, CHINA)  # a Friday
    assert period.counted == (
        datetime.date(2026, 12, 27),  # the worked Sunday
        datetime.date(2026, 12, 28),
        datetime.date(2026, 12, 29),
        datetime.date(2026, 12, 30),
        datetime.date(2026, 12, 31),
    )
    assert period.skipped == (datetime.date(2026, 12, 26),)
    longer = period_of(at("2026-12-25 10:00"), 6, "working", NEW_YEAR, CHINA)
    assert longer.closes_at == at("2027-01-05 00:00")
    assert longer.skipped[1:] == tuple(datetime.date(2027, 1, day) for day in (1, 2, 3))


def test_calendar_days_go_over_the_new_year_without_looking_at_the_table():
    period = period_of(at("2026-12-28 08:30"), 7, "calendar", NEW_YEAR, CHINA)
    assert period.closes_at == at("2027-01-05 00:00")


def test_the_first_moment_belongs_to_the_period_and_the_last_one_does_not():
    period = period_of(at("2026-11-02 09:00"), 1, "calendar", HolidayTable(), CHINA)
    second = datetime.timedelta(seconds=1)
    assert [period.holds(moment) for moment in (period.opens_at - second, period.opens_at)] == [False, True]
    assert [period.holds(moment) for moment in (period.closes_at - second, period.closes_at)] == [True, False]


def test_the_opening_moment_may_come_in_another_zone():
    utc = at("2026-11-01 16:00", datetime.UTC)  # midnight of the 2nd in Shanghai
    assert period_of(utc, 1, "calendar", HolidayTable(), CHINA).closes_at == at("2026-11-03 00:00")


@pytest.mark.parametrize("days", [0, -1, 367])
def test_a_period_without_days_or_of_more_than_a_year_is_refused(days):
    with pytest.raises(ValueError, match="1 to 366 days"):
        period_of(at("2026-11-02 09:00"), days, "calendar", HolidayTable(), CHINA)


def test_a_moment_without_a_zone_and_an_unknown_way_of_counting_are_refused():
    with pytest.raises(ValueError, match="time zone"):
        period_of(datetime.datetime(2026, 11, 2), 7, "calendar", HolidayTable(), CHINA)  # noqa: DTZ001 - the point
    with pytest.raises(ValueError, match="lunar"):
        period_of(at("2026-11-02 09:00"), 7, "lunar", HolidayTable(), CHINA)


def test_days_are_added_without_the_first_one():
    assert add_days(datetime.date(2026, 12, 31), 1, "working", NEW_YEAR) == datetime.date(2027, 1, 4)
    assert add_days(datetime.date(2026, 12, 31), 10, "calendar", NEW_YEAR) == datetime.date(2027, 1, 10)
    assert add_days(datetime.date(2026, 12, 31), 0, "working", NEW_YEAR) == datetime.date(2026, 12, 31)


moments = st.datetimes(
    min_value=datetime.datetime(2020, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime.datetime(2035, 12, 31),  # noqa: DTZ001 - as above
    timezones=st.sampled_from([CHINA, BERLIN, datetime.UTC]),
)
tables = st.builds(
    HolidayTable,
    st.dictionaries(
        st.dates(datetime.date(2020, 1, 1), datetime.date(2036, 12, 31)),
        st.builds(SpecialDay, st.just("假"), st.booleans()),
        max_size=60,
    ),
)
countings = st.sampled_from(["calendar", "working"])


def counts(day, counting, table):
    return counting == "calendar" or table.works(day)


def full_days(opens_at, closes_at, zone):
    """Return the days that lie in the period from midnight to midnight, found without the code under test."""
    day, found = opens_at.astimezone(zone).date() - DAY, []
    while day <= closes_at.astimezone(zone).date():
        begins = datetime.datetime.combine(day, datetime.time(), zone)
        ends = datetime.datetime.combine(day + DAY, datetime.time(), zone)
        if opens_at <= begins and ends <= closes_at:
            found.append(day)
        day += DAY
    return found


@given(moments, st.integers(1, 40), countings, tables, st.sampled_from([CHINA, BERLIN]))
def test_a_period_holds_exactly_its_full_days_and_no_shorter_one_does(opens_at, days, counting, table, zone):
    period = period_of(opens_at, days, counting, table, zone)
    inside = [day for day in full_days(opens_at, period.closes_at, zone) if counts(day, counting, table)]
    assert inside == list(period.counted)
    assert len(inside) == days
    earlier = datetime.datetime.combine(period.last, datetime.time(), zone)
    assert sum(counts(day, counting, table) for day in full_days(opens_at, earlier, zone)) == days - 1
    assert period.closes_at > opens_at


@given(moments, st.integers(1, 40), countings, tables)
def test_counted_and_skipped_days_are_all_days_in_between(opens_at, days, counting, table):
    period = period_of(opens_at, days, counting, table, CHINA)
    both = sorted(period.counted + period.skipped)
    assert both == [both[0] + n * DAY for n in range(len(both))]
    assert not any(counts(day, counting, table) for day in period.skipped)


@given(moments, st.integers(1, 39), countings, tables)
def test_one_day_more_never_ends_earlier(opens_at, days, counting, table):
    ends = [period_of(opens_at, n, counting, table, CHINA).closes_at for n in (days, days + 1)]
    assert ends[0] < ends[1]


@given(st.dates(datetime.date(2020, 1, 1), datetime.date(2035, 1, 1)), st.integers(1, 40), countings, tables)
def test_adding_days_one_by_one_is_adding_them_at_once(day, days, counting, table):
    step = day
    for _n in range(days):
        step = add_days(step, 1, counting, table)
    assert step == add_days(day, days, counting, table)
