"""Reminds reviewers of what has waited too long: once a day, in the portal and in the day's digest."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Min
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from conversion.models import Application
from credits.models import Claim
from portal.chores import is_day
from portal.enums import NoticeKind, Role
from portal.language import kept_language
from portal.listing import capped_count
from portal.models import Appointment, Notice, Person
from portal.notices import tell_once
from portal.trail import record
from review.desk.ages import Age, arrived, waited
from review.desk.dates import overdue
from review.desk.queues import decides

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.listing import Count

REMINDED = (Role.SECRETARY, Role.OWNER_UNIT)
QUEUES: tuple[tuple[Any, Any, str], ...] = (
    (Claim.objects, "claims", "review:claims"),
    (Application.objects, "conversions", "review:applications"),
)


def remind_of_queues() -> int:
    """Tell secretaries and owner units what has waited for more than a week; how many people were told.

    What nobody may decide any more, because the round's date has passed, is left out: it is the office's.
    """
    if not is_day():
        return 0
    held = Appointment.objects.in_force(timezone.localdate()).filter(role__in=REMINDED)
    people = Person.objects.filter(pk__in=held.values("person"), is_active=True).order_by("pk")
    with transaction.atomic():
        told = tell_once([notice for person in people for notice in _notices(person)])
        if told:
            record("remind", None, kind="queue", key=timezone.localdate(), changes=({}, {"rows": told}))
    return told


def _notices(person: Person) -> Iterator[Notice]:
    for objects, chain, url_name in QUEUES:
        if not decides(person, chain):
            continue
        old = objects.waiting_for(person).filter(arrived(Age.OLDER))
        if chain == "claims":
            old = old.exclude(overdue())
        since = old.aggregate(since=Min("stage_entered_at"))["since"]
        if since is not None:
            yield _notice(person, chain, url_name, capped_count(old), since)


def _notice(person: Person, chain: str, url_name: str, number: Count, since: datetime.datetime) -> Notice:
    with kept_language():
        words = {"n": number, "days": waited(since)}
        title = _("%(n)s 条申报等待超过一周") if chain == "claims" else _("%(n)s 条转换申请等待超过一周")
        text = _("最早的已等待 %(days)s 天，请尽快审核。") % words
    path = f"{reverse(url_name)}?{urlencode({'show': 'waiting', 'age': Age.OLDER.value})}"
    key = f"queue:{chain}:{person.pk}:{timezone.localdate():%Y%m%d}"
    return Notice(person=person, kind=NoticeKind.QUEUE, title=title % words, text=text, path=path, key=key)
