"""A small scheme whose points offset courses of a training plan, beside the real one that gives grades."""

from __future__ import annotations

from decimal import Decimal

from conversion.models import Course, Offering, PlanCourse
from conversion.services.applications import Wish, start_application, submit_application
from conversion.services.decisions import (
    approve_application,
    effect_application,
    refuse_application,
    return_application,
)
from conversion.services.offsets import Judgement
from credits.models import Category, SchemeVersion
from credits.services.decisions import Record, record_claim
from credits.services.schemes import load_version
from credits.stages import forget_stages
from portal.enums import Role, Status
from tests.builders import YEAR, cover, fresh, make_college, make_offering, make_staff, make_student
from tests.packs import SMALL

CODE = "offsets"
COLLEGE = ("law", "法学院")
RELATED = Judgement("related", "成果与专业方向一致。")
NOTICE = "本字〔2026〕7号"
WORDS = {"phone": "13800000000", "email": "wang@example.org", "reason": "成果与课程目标一致，申请冲抵。"}


def category(code, name):
    """Return a category that an office records."""
    return f'[[category]]\ncode = "{code}"\nname = "{name}"\nchannel = "office"\nunit = "Unit"\n\n'


CONVERSION = """[conversion]
mode = "offset"
whole_records = false
rate = 1
cap = 10
grade = "免修"
clause = "rules.1"
[[conversion.kind]]
code = "elective"
name = "任选课"
[[conversion.kind]]
code = "practice"
name = "实践环节"
[[conversion.kind]]
code = "major"
name = "专业选修"
categories = ["paper", "contest"]
judged = true
[conversion.publicity]
days = 7
counting = "calendar"
clause = "rules.1"

"""
SECOND = """[[stages.conversion]]
code = "office"
name = "Office"
role = "office"
scope = "scheme"

[[college]]
"""


def offset_text(*changes):
    """Return the pack, each (old, new) replaced."""
    before, _cut, rest = SMALL.partition("[conversion]\n")
    _courses, cut, examples = rest.partition("[[example]]\n")
    examples = (cut + examples).partition('[[example]]\nname = "sum"')[0]
    own = category("paper", "论文") + category("contest", "竞赛") + category("sport", "文体")
    text = before.replace('code = "small"', f'code = "{CODE}"').replace("[[college]]\n", SECOND, 1)
    text += own + CONVERSION + examples
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def offset_version(*changes, label="1"):
    """Load the pack; a version that differs needs a label of its own."""
    text = offset_text(*changes).replace('label = "1"', f'label = "{label}"', 1)
    version, _new = load_version(text, "offsets.toml")
    forget_stages()
    return version


def scheme_version():
    """Return the newest version, loaded when there is none."""
    return SchemeVersion.objects.filter(scheme__code=CODE).order_by("-pk").first() or offset_version()


def learner(name="王芳", *, college=None, **roll):
    """Put a student on the roll of a college that the scheme covers."""
    student = make_student(name, college=college or make_college(*COLLEGE), **roll)
    cover(scheme_version().scheme, student.college)
    return student


def recognise(student, *points, code="paper", content="校级成果"):
    """Give the student recognised points, and return the lots."""
    version = scheme_version()
    row = Category.objects.get(scheme=version.scheme, code=code)
    office = make_staff(Role.OFFICE, scheme=CODE)
    made = [
        record_claim(Record(student, row, YEAR, f"{content} {amount}", Decimal(amount)), version, office)
        for amount in points
    ]
    return [claim.lot for claim in made]


def planned(student, *, kind="elective", code="L101", name="逻辑学", credits=2, **row):  # noqa: A002 - the field's name
    """Put a course into the student's plan."""
    course, _new = Course.objects.get_or_create(
        scheme=scheme_version().scheme, code=code, defaults={"name": name, "credits": Decimal(credits)}
    )
    facts = {"scheme": course.scheme, "kind": kind, **row}
    PlanCourse.objects.get_or_create(major=student.major, cohort=student.cohort, course=course, defaults=facts)
    return course


def offered(student, *, kind="elective", code="L101", credits=2, **window):  # noqa: A002 - the field's name
    """Offer a course of the student's plan in a term."""
    course = planned(student, kind=kind, code=code, credits=credits)
    found = Offering.objects.filter(course=course).first()
    return found or make_offering(course, **window)


def wish(uses, **words):
    """Return what the student wants."""
    return Wish(**{**WORDS, "uses": {lot.pk: Decimal(points) for lot, points in uses.items()}, **words})


def make_offset(
    status=Status.DRAFT,
    *,
    student=None,
    uses=None,
    kind="elective",
    code="L101",
    credits=2,  # noqa: A002 - the field's name
    stage=None,
):
    """Bring an offset into a status (and stage) through the services; ``uses`` is lot → points."""
    student = student or learner()
    uses = uses or {recognise(student, credits)[0]: credits}
    offering = offered(student, kind=kind, code=code, credits=credits)
    actor = fresh(student.person)
    row = start_application(offering, actor, wish(uses))
    if status == Status.DRAFT:
        return row
    submit_application(row, actor, revision=row.revision)
    secretary = make_staff(Role.SECRETARY, college=student.college)
    if status == Status.RETURNED:
        return return_application(row, secretary, reason="请补充理由。", revision=None)
    if status == Status.REFUSED:
        return refuse_application(row, secretary, reason="与课程无关。", revision=None)
    if status == Status.IN_REVIEW and stage in {None, row.stage}:
        return row
    approve_application(row, secretary, revision=None, judgement=RELATED, remark="同意冲抵。")
    if status == Status.IN_REVIEW:
        return row
    office = make_staff(Role.OFFICE, scheme=CODE)
    approve_application(row, office, revision=None, remark="复核无误。")
    return row if status == Status.PUBLICITY else effect_application(row, office, notice=NOTICE)
