"""Builders for findings of fraud: a finding, and an offset of the second scheme that is fed by a claim."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.utils import timezone

from conversion.models import Course, PlanCourse
from conversion.services.applications import Wish, start_application, submit_application
from conversion.services.decisions import approve_application, effect_application
from credits.services.sanctions import Finding, sanction_claim
from portal.enums import Role, Status
from tests.builders import fresh, get_version, make_offering, make_staff
from tests.whu import SCHEME, whu_staff

FINDING = "论文署名系冒用，期刊编辑部书面证实该文不存在。"
MEASURE = "取消该项创新学分，以作弊论处"


def finding(*, bar=None, **facts):
    """Return a finding; ``bar`` is the number of days for which the student may not claim, from today on."""
    today = timezone.localdate()
    dates = {}
    if bar is not None:
        dates = {"barred_from": today, "barred_until": today + datetime.timedelta(days=bar)}
    return Finding(**{"finding": FINDING, "measure": MEASURE, **dates, **facts})


def sanctioned(claim, *, office=None, **facts):
    """Cancel a claim for fraud."""
    return sanction_claim(claim, office or whu_staff(Role.OFFICE), finding(**facts), revision=None)


def fed_offset(claim, points="2", status=Status.IN_REVIEW, *, code="G101"):
    """Apply to offset an elective with points of the claim, and bring the offset into a status."""
    student, scheme = claim.student, get_version(SCHEME).scheme
    course = Course.objects.create(scheme=scheme, code=code, name=f"通识课 {code}", credits=Decimal(points))
    PlanCourse.objects.create(scheme=scheme, major=student.major, cohort=student.cohort, course=course, kind="elective")
    actor = fresh(student.person)
    wish = Wish("13800000000", "lin@example.org", "成果与课程目标一致，申请冲抵。", {claim.lot.pk: Decimal(points)})
    row = start_application(make_offering(course), actor, wish)
    submit_application(row, actor, revision=row.revision)
    if status == Status.IN_REVIEW:
        return row
    approve_application(row, make_staff(Role.SECRETARY, college=student.college), revision=None)
    approve_application(row, whu_staff(Role.OFFICE), revision=None)
    if status == Status.PUBLICITY:
        return row
    return effect_application(row, whu_staff(Role.OFFICE), notice="武大本字〔2026〕9号")
