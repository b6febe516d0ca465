"""Builders for publicity: results of the second scheme that wait for it, lists, objections, notices."""

from __future__ import annotations

import datetime

from django.utils import timezone

from portal.enums import Role
from portal.jobs.services import run_job
from portal.models import Job
from review.models import PublicityList
from review.services.notices import Heading, issue_notice
from review.services.objections import object_to
from review.services.publicity import Plan, draft_list, preview, publish_list
from tests.builders import fresh, get_version
from tests.whu import PAPER, whu_claim, whu_round, whu_staff, whu_student

HEADING = Heading("武大本字〔2026〕1号", "关于公布创新学分认定结果的通知", datetime.date(2026, 12, 31))
NAMES = ["林一鸣", "陈思远", "周子衿", "吴亦凡", "郑晓彤", "冯志强"]


def waiting_claims(number=3, *, round_=None, office=None, **facts):
    """Return claims of as many students, confirmed by the committee and waiting for a list."""
    round_, before = round_ or whu_round(), PublicityList.objects.count()
    return [
        whu_claim(
            "publicity",
            student=whu_student(NAMES[place], number=f"20223021{before}{place:04d}"),
            round_=round_,
            office=office,
            content=f"论文{place + 1}",
            facts={**PAPER, "doi": f"10.1016/j.rse.2024.{place}"},
            **facts,
        )
        for place in range(number)
    ]


def plan(**facts):
    """Return a plan of seven calendar days from now."""
    return Plan(**{"title": "创新学分认定结果公示", "opens_at": None, "days": 7, "counting": "calendar", **facts})


def make_draft(*, office=None, round_=None, kind="claims", scheme=None, **facts):
    """Begin a list."""
    scheme = scheme or get_version("whu").scheme
    return draft_list(office or whu_staff(Role.OFFICE), scheme, round_, kind, plan(**facts))


def publish(row, office=None):
    """Publish a draft as it is previewed now."""
    office = office or whu_staff(Role.OFFICE)
    return publish_list(row, office, revision=row.revision, seen=preview(row).digest)


def make_list(number=3, *, office=None, **facts):
    """Publish a list of as many claims."""
    office = office or whu_staff(Role.OFFICE)
    waiting_claims(number, office=office)
    return publish(make_draft(office=office, **facts), office)


def end_period(row, *, days=1):
    """Move a list's period back so that it ended so many days ago; what is frozen stays as it is."""
    gone = timezone.now() - datetime.timedelta(days=days)
    PublicityList.objects.filter(pk=row.pk).update(opens_at=gone - datetime.timedelta(days=7), closes_at=gone)
    row.refresh_from_db()
    return row


def make_objection(row, person=None, *, position=1, reason="第一作者不是该生。", uploads=()):
    """Object to one line of a list."""
    person = person or whu_student("异议人").person
    return object_to(row.entries.get(position=position), fresh(person), reason=reason, uploads=uploads)


def issue(row, office=None, heading=HEADING):
    """Issue the notice of a list whose period is over."""
    row.refresh_from_db()
    return issue_notice(row, office or whu_staff(Role.OFFICE), heading, revision=row.revision)


def run_jobs():
    """Run what was enqueued to make results effective."""
    for job in Job.objects.filter(kind="publicity_effect", state="queued").order_by("pk"):
        run_job(job.pk)


def states(row):
    """Return the states of a list's lines by position."""
    return list(row.entries.order_by("position").values_list("state", flat=True))
