"""Offsets of the second university's demo: training plans, and applications in every state."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from conversion.models import Application, Offering
from conversion.services.applications import Wish, start_application, submit_application, withdraw_application
from conversion.services.courses import OfferingData
from conversion.services.decisions import (
    approve_application,
    refuse_application,
    return_application,
    revoke_application,
)
from conversion.services.offsets import Judgement
from conversion.services.plans import PlanEntry, keep_plan, open_plans
from credits.models import Lot
from portal.models import Major, Student, Term
from portal.points import ZERO
from review.demo.second import words
from review.demo.second.scenes import notice_and_effect
from review.demo.second.sessions import publicise
from review.models import ListKind

if TYPE_CHECKING:
    from review.demo.second.stage import Stage

EARLY = ["effect", "effect", "effect", "revoke"]
LATER = ["publicity", "publicity", "office", "college", "college", "return", "refuse", "withdraw", "draft"]
REASON = "本人已获认定的成果与课程目标一致，申请以创新学分冲抵该课程学分。"


def make_plans(stage: Stage, term: Term) -> None:
    """Import the training plans of every major and cohort, and open the term for offsets."""
    majors = Major.objects.filter(college__in=stage.people.colleges)
    entries = [
        PlanEntry(major, cohort, code, name, Decimal(credits_), kind)
        for major in majors
        for cohort in stage.calendar.cohorts
        for code, name, credits_, kind in words.COURSES
    ]
    with stage.at(-60):
        keep_plan(stage.office, stage.version.scheme, entries)
        data = OfferingData(term, stage.calendar.day(-50, 8), stage.calendar.day(30, 17))
        open_plans(stage.office, stage.version.scheme, data)


def play_offsets(stage: Stage) -> None:
    """Let students with recognised credits offset courses; the first ones are through, the rest stand everywhere."""
    holders = _holders(stage)
    early = [(holders[number % len(holders)], end) for number, end in enumerate(EARLY)]
    with stage.at(-45):
        applications = [(_apply(stage, student), end) for student, end in early]
        for application, _end in applications:
            _review(stage, application)
    row = publicise(stage, None, ListKind.OFFSETS, day=-40)
    notice_and_effect(stage, row, day=-30, number=f"武大本函〔{stage.calendar.now.year}〕18号")
    with stage.at(-20):
        for application, end in applications:
            if end == "revoke":
                application.refresh_from_db()
                reason = "学生已修读该课程并取得成绩，撤销冲抵。"
                revoke_application(application, stage.office, reason=reason, revision=None)
    with stage.at(-6):
        for number, end in enumerate(LATER, start=len(EARLY)):
            _later(stage, _apply(stage, holders[number % len(holders)], hand_in=end != "draft"), end)
    publicise(stage, None, ListKind.OFFSETS, day=-1)


def _later(stage: Stage, application: Application, end: str) -> None:
    secretary = stage.secretary(application)  # type: ignore[arg-type]  # it has a college, too
    if end == "return":
        return_application(application, secretary, reason="请说明成果与课程内容的关系。", revision=None)
    elif end == "refuse":
        refuse_application(application, secretary, reason="该课程已修读，不能冲抵。", revision=None)
    elif end == "withdraw":
        withdraw_application(application, stage.fresh(application.student.person), revision=None)
    elif end == "office":
        _approve(stage, application)
    elif end == "publicity":
        _review(stage, application)


def _holders(stage: Stage) -> list[Student]:
    """Return students with credits to offset, the third of the sign-in page last: what is left is for who tries it."""
    lots = Lot.objects.usable().filter(student__college__in=stage.people.colleges)
    ids = dict.fromkeys(lots.order_by("student_id").values_list("student_id", flat=True))
    found = Student.objects.select_related("person", "major").filter(pk__in=ids).order_by("-pk")
    return list(found)


def _apply(stage: Stage, student: Student, *, hand_in: bool = True) -> Application:
    """Offset the cheapest course of the plan that the student has not applied for, with parts of records."""
    taken = Application.objects.filter(student=student).exclude(status="withdrawn").values("course_id")
    mine = Offering.objects.filter(course__plans__major=student.major, course__plans__cohort=student.cohort)
    offering = mine.exclude(course_id__in=taken).exclude(course__plans__kind="major_elective").distinct()
    chosen = offering.order_by("course__credits", "course__code").first()
    assert chosen is not None  # noqa: S101 - there are more courses than applications; narrows the type
    uses = _parts(student, chosen.course.credits)
    person = stage.fresh(student.person)
    wish = Wish(phone=person.phone, email=f"{person.number}@example.edu", reason=REASON, uses=uses)
    application = start_application(chosen, person, wish)
    return submit_application(application, person, revision=None) if hand_in else application


def _parts(student: Student, wanted: Decimal) -> dict[int, Decimal]:
    uses: dict[int, Decimal] = {}
    for lot in Lot.objects.usable().filter(student=student).order_by("pk"):
        part = min(lot.usable, wanted - sum(uses.values(), ZERO))
        if part > ZERO:
            uses[lot.pk] = part
    return uses


def _review(stage: Stage, application: Application) -> None:
    """College, then office."""
    _approve(stage, application)
    approve_application(application, stage.office, revision=None, remark="同意冲抵。")


def _approve(stage: Stage, application: Application) -> None:
    secretary = stage.secretary(application)  # type: ignore[arg-type]  # it has a college, too
    approve_application(application, secretary, revision=None, remark="成果属实，同意冲抵。", judgement=Judgement())
