"""The holiday table of a year as text, one day or one run of days a line, as offices copy it from the yearly decree.

Pure. ``2027-10-01至2027-10-07 国庆节`` is days off, ``2027-10-09 国庆节 上班`` a weekend that is worked. Dates may also
be written ``10月1日`` or ``2027/10/1``, columns may be tabs: a range copied from a workbook reads as well.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from itertools import groupby

from django.utils.translation import gettext as _

from portal.workdays import ONE_DAY, SATURDAY, SpecialDay

WORKED = ("上班", "补班", "调休上班", "调休", "worked")
MOST_RUN = 31
NAME_LENGTH = 32
DAY = r"(?:(?P<{0}y>\d{{4}})\s*[-/.年]\s*)?(?P<{0}m>\d{{1,2}})\s*[-/.月]\s*(?P<{0}d>\d{{1,2}})\s*日?"
LINE = re.compile(
    rf"^{DAY.format('a')}(?:\s*(?:至|到|~|～|—+|–|-)\s*(?:{DAY.format('b')}|(?P<bare>\d{{1,2}})\s*日))?[\s,，;；:：]*(?P<rest>.*)$"
)

Days = dict[datetime.date, SpecialDay]


def read_days(text: str, year: int) -> tuple[Days, list[str]]:
    """Return the special days of a year, and what is wrong with which line (then the days are not to be used)."""
    days: Days = {}
    problems: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            _read_line(line.strip(), year, days)
        except ValueError as error:
            problems.append(_("第 %(number)s 行：%(problem)s") % {"number": number, "problem": error})
    return days, problems


def write_days(days: Iterable[tuple[datetime.date, SpecialDay]]) -> str:
    """Return the days as text, runs of the same kind on one line; ``read_days`` reads it back."""
    lines = []
    ordered = sorted(days)
    runs = groupby(enumerate(ordered), key=lambda pair: (pair[1][0].toordinal() - pair[0], pair[1][1]))
    for (_place, special), group in runs:
        run = [day for _number, (day, _special) in group]
        when = f"{run[0]}" if len(run) == 1 else f"{run[0]}至{run[-1]}"
        lines.append(f"{when} {special.name}{' 上班' if special.works else ''}")
    return "\n".join(lines)


def _read_line(line: str, year: int, days: Days) -> None:
    found = LINE.match(line)
    if found is None:
        raise ValueError(_("请按“日期 名称”填写，例如 %(year)s-10-01至%(year)s-10-07 国庆节。") % {"year": year})
    first, last = _span(found, year)
    special = _special(found["rest"])
    for day in _run(first, last):
        if day.year != year:
            raise ValueError(_("%(day)s 不在 %(year)s 年。") % {"day": day, "year": year})
        if day in days:
            raise ValueError(_("%(day)s 写了两次。") % {"day": day})
        if special.works and day.weekday() < SATURDAY:
            raise ValueError(_("%(day)s 本来就是工作日，不用写上班。") % {"day": day})
        days[day] = special


def _span(found: re.Match[str], year: int) -> tuple[datetime.date, datetime.date]:
    first = _date(found["ay"] or year, found["am"], found["ad"])
    if found["bare"]:
        return first, _date(first.year, first.month, found["bare"])
    if found["bm"] is None:
        return first, first
    return first, _date(found["by"] or first.year, found["bm"], found["bd"])


def _date(year: str | int, month: str | int, day: str | int) -> datetime.date:
    try:
        return datetime.date(int(year), int(month), int(day))
    except ValueError:
        parts = {"year": year, "month": month, "day": day}
        raise ValueError(_("没有 %(year)s 年 %(month)s 月 %(day)s 日。") % parts) from None


def _special(rest: str) -> SpecialDay:
    words = rest.split()
    works = len(words) > 1 and words[-1] in WORKED
    name = " ".join(words[:-1] if works else words)
    if not name:
        raise ValueError(_("请写明名称，例如“国庆节”。"))
    if len(name) > NAME_LENGTH:
        raise ValueError(_("名称太长，最多 %(most)s 个字。") % {"most": NAME_LENGTH})
    return SpecialDay(name, works)


def _run(first: datetime.date, last: datetime.date) -> list[datetime.date]:
    if last < first:
        raise ValueError(_("结束日期早于开始日期。"))
    count = (last - first).days + 1
    if count > MOST_RUN:
        raise ValueError(_("一行最多 %(most)s 天，请检查日期。") % {"most": MOST_RUN})
    return [first + step * ONE_DAY for step in range(count)]
