"""Reminds students of drafts that nobody has handed in before their round closes."""

from __future__ import annotations

import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from credits.models import Claim, LateWaiver, Round, RoundWindow
from credits.texts import worded
from credits.windows import window_for
from portal.chores import is_day
from portal.enums import NoticeKind, Role, Status
from portal.language import kept_language
from portal.models import Notice
from portal.notices import tell_once
from portal.trail import record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from portal.models import Student

# Days before the deadline: a draft is told of once for each, whenever the worker comes to it.
DAYS_BEFORE = (7, 3, 1)
TITLES_SHOWN = 5
BEGINNING = datetime.datetime.min.replace(tzinfo=datetime.UTC)


def remind_of_drafts() -> int:
    """Tell each student once per step how many drafts of a round wait, until when; how many students were told."""
    if not is_day():
        return 0
    horizon = timezone.now() + datetime.timedelta(days=max(DAYS_BEFORE))
    span = (timezone.now(), horizon)
    closing = RoundWindow.objects.filter(role=Role.STUDENT, closes_at__range=span).values("round")
    waived = LateWaiver.objects.filter(ended_at__isnull=True, until__range=span).values("round")
    found = Round.objects.filter(Q(pk__in=closing) | Q(pk__in=waived), is_published=True)
    rounds = found.prefetch_related("windows").select_related("scheme").order_by("pk")
    return sum(_remind(round_) for round_ in rounds)


def _remind(round_: Round) -> int:
    with transaction.atomic():
        told = tell_once(list(_notices(round_)))
        if told:
            facts = {"rows": told}
            kind, scheme = "round", round_.scheme.code
            record("remind", None, kind=kind, key=round_.pk, label=round_.name, scheme=scheme, changes=({}, facts))
    return told


def _notices(round_: Round) -> Iterator[Notice]:
    drafts = Claim.objects.filter(round=round_, status=Status.DRAFT, follows_lead=False, student__on_roll=True)
    rows = drafts.select_related("student__person", "category").order_by("student_id", "pk")
    late = _late_dates(round_)
    with kept_language():
        for _student, mine in groupby(rows, key=lambda claim: claim.student_id):
            claims = list(mine)
            closes_at = _closes_at(round_, claims[0].student, late)
            if step := _step(closes_at):
                yield _notice(round_, claims, closes_at, step)


def _late_dates(round_: Round) -> dict[tuple[str, int], datetime.datetime]:
    """Return until when students and classes may claim late (one query)."""
    found = LateWaiver.objects.in_force().filter(round=round_).order_by("until")
    rows = found.values_list("student", "class_group", "until")
    return {("class", group) if student is None else ("student", student): until for student, group, until in rows}


def _closes_at(round_: Round, student: Student, late: Mapping[tuple[str, int], datetime.datetime]) -> datetime.datetime:
    """Return when the round closes for the student: the latest of its date and the waivers."""
    window = window_for(round_, Role.STUDENT, student.cohort)
    dates = [window.closes_at] if window is not None else []
    dates += [late[key] for key in (("student", student.pk), ("class", student.class_group_id)) if key in late]
    return max(dates, default=BEGINNING)


def _step(closes_at: datetime.datetime) -> int:
    """Return the smallest of ``DAYS_BEFORE`` that still holds; 0 when it is too early, or too late."""
    left = closes_at - timezone.now()
    if left < datetime.timedelta():
        return 0
    return min((days for days in DAYS_BEFORE if left <= datetime.timedelta(days=days)), default=0)


def _notice(round_: Round, claims: Sequence[Claim], closes_at: datetime.datetime, step: int) -> Notice:
    closes = timezone.localtime(closes_at)
    words = {
        "number": str(len(claims)),
        "until": date_format(closes, "m-d H:i"),
        "round": round_.name,
        "drafts": "\n".join(claim.content or claim.category.name for claim in claims[:TITLES_SHOWN]),
    }
    title, text = worded(round_.scheme_id, "drafts", words)
    return Notice(
        person=claims[0].student.person,
        kind=NoticeKind.DEADLINE,
        title=title[:120],
        text=text,
        path=reverse("credits:claim", args=[claims[0].pk]) if len(claims) == 1 else reverse("credits:claims"),
        key=f"draft:{round_.pk}:{claims[0].student_id}:{closes:%Y%m%d%H%M}:{step}",
    )
