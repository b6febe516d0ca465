"""Keeps the holiday table (节假日表), and reads it for those who count working days."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.enums import Role
from portal.holiday_text import read_days, write_days
from portal.models import Holiday
from portal.trail import record
from portal.verdict import Verdict
from portal.workdays import HolidayTable, SpecialDay
from portal.workflow import NotAllowed

if TYPE_CHECKING:
    from portal.holiday_text import Days
    from portal.models import Person

EARLIEST, LATEST = 1990, 2100


def holiday_table(since: datetime.date, years: int = 2) -> HolidayTable:
    """Return what is known of the days from ``since`` on, as far as any period reaches (one query)."""
    until = since + datetime.timedelta(days=366 * years)
    rows = Holiday.objects.filter(day__gte=since, day__lte=until).values_list("day", "name", "works")
    return HolidayTable({day: SpecialDay(name, works) for day, name, works in rows})


def days_of(year: int) -> Days:
    """Return the special days of a year, in order."""
    rows = Holiday.objects.filter(day__year=year).order_by("day").values_list("day", "name", "works")
    return {day: SpecialDay(name, works) for day, name, works in rows}


def known_years() -> list[int]:
    """Return the years that the table says anything about, the newest first."""
    return [day.year for day in Holiday.objects.dates("day", "year", order="DESC")]


def can_keep_holidays(person: Person) -> Verdict:
    """Whether the person may change the table: any office, and the administrator."""
    for role in (Role.OFFICE, Role.ADMINISTRATOR):
        if person.standing.has(role):
            return Verdict.yes(role)
    return Verdict.no(_("只有主管部门和系统管理员可以维护节假日。"))


def save_year(actor: Person, year: int, text: str) -> Days:
    """Put what the text says in the place of what the table said of the year, and return it.

    Raises ``NotAllowed``, then ``ValidationError`` naming every line that cannot be read. Nothing new to keep means no
    event. Periods that were published keep their dates: they were computed then and stand in their lists.
    """
    verdict = can_keep_holidays(actor)
    if not verdict:
        raise NotAllowed(verdict)
    if not EARLIEST <= year <= LATEST:
        raise ValidationError({"year": _("请填写年份，例如 2027。")})
    wanted, problems = read_days(text, year)
    if problems:
        raise ValidationError({"text": problems})
    try:
        _replace(actor, year, wanted, verdict.role)
    except IntegrityError:  # a day is there once: of two offices at once, the second one looks again
        raise ValidationError({"text": _("刚刚有人修改了这一年的节假日，请核对后再保存。")}) from None
    return wanted


def _replace(actor: Person, year: int, wanted: Days, role: str) -> None:
    with transaction.atomic():
        list(Holiday.objects.select_for_update().filter(day__year=year).order_by("pk"))
        before = days_of(year)
        if wanted == before:
            return
        Holiday.objects.filter(day__year=year).delete()
        Holiday.objects.bulk_create(Holiday(day=day, name=row.name, works=row.works) for day, row in wanted.items())
        label = _("%(year)s 年节假日") % {"year": year}
        record(
            "save", actor, kind="holidays", key=year, label=label, role=role, changes=(_facts(before), _facts(wanted))
        )


def _facts(days: Days) -> dict[str, Any]:
    return {"days": write_days(days.items())}
