"""Periods of full days, by the calendar or by working days; pure: a holiday table comes in, moments come out.

A period of N days begins at its opening moment and takes in N *full* days: days that lie in it from midnight to
midnight. The day of opening counts only when it opens at midnight; otherwise the next day is the first. The period
ends with the N-th full day, at the midnight after it, and that moment no longer belongs to it. Counted by working days,
every day that is none (a Saturday, a Sunday, a day off of the table) lies in the period and does not count; a weekend
that the table says is worked counts.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from portal.enums import Counting

ONE_DAY = datetime.timedelta(days=1)
SATURDAY = 5
MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that differs from its weekday: a day off, or (``works``) a weekend that is worked."""

    name: str
    works: bool = False


@dataclass(frozen=True, slots=True)
class HolidayTable:
    """Which days differ from their weekday."""

    days: Mapping[datetime.date, SpecialDay] = field(default_factory=dict)

    def works(self, day: datetime.date) -> bool:
        """Whether the day is a working day."""
        special = self.days.get(day)
        return special.works if special else day.weekday() < SATURDAY

    def name_of(self, day: datetime.date) -> str:
        """Return what the table calls the day, empty for a day that is like its weekday."""
        special = self.days.get(day)
        return special.name if special else ""

    def knows(self, year: int) -> bool:
        """Whether the table says anything about a year; a year without holidays is one that nobody has entered."""
        return any(day.year == year for day in self.days)


@dataclass(frozen=True, slots=True)
class Period:
    """From the opening moment to the closing one, which no longer belongs to it."""

    opens_at: datetime.datetime
    closes_at: datetime.datetime
    counted: tuple[datetime.date, ...]  # the full days that count
    skipped: tuple[datetime.date, ...]  # the full days in between that do not

    @property
    def last(self) -> datetime.date:
        """Return the last day of the period."""
        return self.counted[-1]

    def holds(self, moment: datetime.datetime) -> bool:
        """Whether the moment lies in the period: the first one does, the last one does not."""
        return self.opens_at <= moment < self.closes_at


def period_of(
    opens_at: datetime.datetime, days: int, counting: str, table: HolidayTable, zone: datetime.tzinfo
) -> Period:
    """Return the period that opens at a moment and holds so many full days, as days are in ``zone``.

    Raises ``ValueError`` for less than one day, more than a year, or a moment without a zone.
    """
    if opens_at.tzinfo is None:
        raise ValueError("the opening moment has no time zone")
    counted, skipped = _full_days(opens_at.astimezone(zone), days, counting, table)
    return Period(opens_at, _midnight(counted[-1] + ONE_DAY, zone), counted, skipped)


def add_days(day: datetime.date, days: int, counting: str, table: HolidayTable) -> datetime.date:
    """Return the day that is so many days after ``day``, which itself does not count (0: the day itself)."""
    if days == 0:
        return day
    return _take(day + ONE_DAY, days, counting, table)[0][-1]


def _full_days(
    opens_at: datetime.datetime, days: int, counting: str, table: HolidayTable
) -> tuple[tuple[datetime.date, ...], tuple[datetime.date, ...]]:
    at_midnight = opens_at.time() == datetime.time()
    return _take(opens_at.date() if at_midnight else opens_at.date() + ONE_DAY, days, counting, table)


def _take(
    first: datetime.date, days: int, counting: str, table: HolidayTable
) -> tuple[tuple[datetime.date, ...], tuple[datetime.date, ...]]:
    """Walk from a day on until so many days have counted; return those that did and those that did not."""
    if not 1 <= days <= MOST_DAYS:
        raise ValueError(f"a period has 1 to {MOST_DAYS} days, not {days}")
    counts = table.works if Counting(counting) == Counting.WORKING else lambda _day: True
    counted: list[datetime.date] = []
    skipped: list[datetime.date] = []
    for day in _days_from(first):
        (counted if counts(day) else skipped).append(day)
        if len(counted) == days:
            break
    return tuple(counted), tuple(skipped)


def _days_from(day: datetime.date) -> Iterator[datetime.date]:
    while True:
        yield day
        day += ONE_DAY


def _midnight(day: datetime.date, zone: datetime.tzinfo) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), zone)
