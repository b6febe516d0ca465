"""Findings of fraud in the second university's demo, one of them appealed against, and a program that reads records."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from credits.models import Claim
from credits.services.reader_keys import issue_key
from credits.services.sanctions import Finding, file_appeal, sanction_claim
from portal.enums import Status

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from review.demo.second.stage import Stage

MEASURE = "取消该项创新学分，以作弊论处"
PROGRAM = "奖学金评定系统"


def play_findings(stage: Stage) -> None:
    """Cancel one claim that fed an offset, whose student appeals, and one whose student may not claim for a year."""
    scheme = stage.version.scheme
    recognised = Claim.objects.filter(scheme=scheme, status=Status.RECOGNISED, follows_lead=False)
    alone = recognised.filter(achievement__isnull=True, lot__isnull=False)
    with stage.at(-10):
        issue_key(stage.office, scheme, name=PROGRAM, expires_on=stage.calendar.day(300, 9).date())
    with stage.at(-6):
        words = Finding("证书编号在主办单位的获奖名单中查无此项，主办单位书面确认该证书不是其颁发。", MEASURE)
        appealed = sanction_claim(_first(alone.order_by("-lot__consumed", "pk")), stage.office, words, revision=None)
    with stage.at(-4):
        student = stage.fresh(appealed.student.person)
        file_appeal(appealed, student, words="获奖名单有两批，本人在第二批，附主办单位的说明。")
    with stage.at(-2):
        today = stage.calendar.day(-2, 9).date()
        year = today + datetime.timedelta(days=365)
        words = Finding("论文署名系冒用，期刊编辑部书面证实作者中没有该生。", MEASURE, today, year)
        free = alone.exclude(student=appealed.student).order_by("lot__consumed", "lot__held", "pk")
        sanction_claim(_first(free), stage.office, words, revision=None)


def _first(claims: QuerySet[Claim]) -> Claim:
    found = claims.select_related("student__person", "scheme", "scheme_version", "category").first()
    assert found is not None  # noqa: S101 - the scenes before have brought such claims; narrows the type
    return found
