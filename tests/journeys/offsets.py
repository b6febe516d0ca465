"""Offsets in the small portal: a plan of the owner's major, its courses open, one offset of the owner's publicised."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.utils import timezone

from conversion.models import Offering, PlanCourse
from conversion.services.applications import Wish, start_application, submit_application
from conversion.services.courses import OfferingData
from conversion.services.decisions import approve_application
from conversion.services.plans import PlanEntry, keep_plan, open_plans
from review.imports.plan_sheet import plan_sheet
from tests.builders import fresh, make_term
from tests.whu import PAPER, SCHEME, whu_claim
from tests.workbooks import workbook


def offsets(world):
    """Bring a plan in, open its courses, and let the owner offset one with a part of a paper's credits."""
    office, things = fresh(world.people["office"]), world.things
    scheme, owner = world.second.scheme, world.owner
    kind = world.second.data.conversion.kinds[0].code
    keep_plan(office, scheme, [PlanEntry(owner.major, owner.cohort, "O-101", "逻辑学", Decimal(1), kind)])
    now = timezone.now()
    open_plans(office, scheme, OfferingData(make_term(), now, now + datetime.timedelta(days=20)))
    things["plan_course"] = PlanCourse.objects.get(course__code="O-101")
    facts = {**PAPER, "doi": "10.8/offset", "title": "用于冲抵的论文"}
    paper = whu_claim(
        "recognised", student=owner, round_=world.second_round, facts=facts, content="用于冲抵的论文", office=office
    )
    actor = fresh(owner.person)
    wish = Wish("13800000000", "li@example.org", "成果与课程一致，申请冲抵。", {paper.lot.pk: Decimal(1)})
    row = start_application(Offering.objects.get(course__code="O-101"), actor, wish)
    submit_application(row, actor, revision=row.revision)
    for reviewer in (fresh(world.people["secretary"]), office):
        approve_application(row, reviewer, revision=row.revision)
    things["app_public"] = row


# --- Forms ---


def course(world, **more):
    """Return the form of a course of a plan."""
    kind = world.second.data.conversion.kinds[0].code
    major, cohort = world.owner.major_id, world.owner.cohort
    typed = {"major": major, "cohort": cohort, "code": "O-new", "name": "修辞学", "credits": "1.5", "kind": kind}
    return {"scheme": SCHEME, **typed, "is_active": "on", **more}


def window(world):
    """Return the form that opens a term."""
    now = timezone.localtime()
    closes = now + datetime.timedelta(days=30)
    dates = {"opens_at": f"{now:%Y-%m-%dT%H:%M}", "closes_at": f"{closes:%Y-%m-%dT%H:%M}"}
    return {"scheme": SCHEME, "term": world.things["next_term"].pk, "cohorts": "", **dates}


def sheet(world):
    """Return the form of an import of one new course."""
    spec = plan_sheet(world.second.scheme)
    kind = world.second.data.conversion.kinds[0].name
    line = [world.owner.major.code, world.owner.cohort, "O-imported", "语言学", 2, kind, "是"]
    return {
        "scheme": SCHEME,
        "workbook": workbook(str(spec.title), [column.heading for column in spec.columns], [line]),
    }


FORMS = {
    "review:plan_new": course,
    "review:plan_edit": lambda world: course(world, name="逻辑学导论", credits="1"),
    "review:plan_term": window,
    "review:plan_import": sheet,
}
EVENTS = {
    # One for the course, one for its place in the plan.
    "review:plan_new": ["create", "create"],
    "review:plan_edit": ["save"],
    "review:plan_term": ["open"],
    "review:plan_import_apply": ["create", "create", "import"],
}
