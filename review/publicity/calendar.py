"""When a list closes, and which days do not count: shown before it is published and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from portal.enums import Counting
from portal.holidays import holiday_table
from portal.workdays import period_of

if TYPE_CHECKING:
    import datetime

    from portal.workdays import HolidayTable
    from review.models import PublicityList


@dataclass(frozen=True, slots=True)
class Closing:
    """The period of a list as it stands, or as it would be if it were published now."""

    opens_at: datetime.datetime
    closes_at: datetime.datetime
    first: datetime.date
    last: datetime.date
    skipped: tuple[tuple[datetime.date, str], ...]
    unknown_years: tuple[int, ...]


def closing(row: PublicityList) -> Closing:
    """Return the period with the days it skips, by the holiday table as it is now (one query).

    A published list keeps the closing moment that was computed when it was published.
    """
    zone = timezone.get_current_timezone()
    opens_at = row.opens_at or timezone.now().replace(microsecond=0)
    table = holiday_table(opens_at.astimezone(zone).date())
    period = period_of(opens_at, row.days, row.counting, table, zone)
    days = (*period.counted, *period.skipped)
    years = sorted({day.year for day in days}) if row.counting == Counting.WORKING else []
    return Closing(
        opens_at=opens_at,
        closes_at=row.closes_at or period.closes_at,
        first=period.counted[0],
        last=period.last,
        skipped=tuple((day, _why(day, table)) for day in period.skipped),
        unknown_years=tuple(year for year in years if not table.knows(year)),
    )


def _why(day: datetime.date, table: HolidayTable) -> str:
    return table.name_of(day) or _("周末")
