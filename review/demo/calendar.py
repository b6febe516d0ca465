"""When things happen in the invented university: everything hangs on today, so the open round is always open."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils import timezone

TERM_STARTS = 9  # September


@dataclass(frozen=True, slots=True)
class Calendar:
    """The academic years around today."""

    now: datetime.datetime

    @classmethod
    def today(cls) -> Calendar:
        """Return the calendar of this moment, to the minute."""
        return cls(timezone.localtime().replace(second=0, microsecond=0))

    @property
    def first_year(self) -> int:
        """Return the calendar year in which the present academic year began."""
        return self.now.year if self.now.month >= TERM_STARTS else self.now.year - 1

    @property
    def cohorts(self) -> tuple[int, int, int]:
        """Return the cohorts on the roll, the graduating one first."""
        return (self.first_year - 3, self.first_year - 2, self.first_year - 1)

    def academic_year(self, back: int = 0) -> str:
        """Return the academic year, ``back`` years ago."""
        return f"{self.first_year - back}-{self.first_year - back + 1}"

    def day(self, offset: int, hour: int = 0, minute: int = 0) -> datetime.datetime:
        """Return a moment some days from today."""
        return (self.now + datetime.timedelta(days=offset)).replace(hour=hour, minute=minute)
