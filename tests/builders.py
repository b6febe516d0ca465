"""Plain builders of what tests start from; states are reached through the services, as in life."""

from __future__ import annotations

import datetime
import io
import zlib
from decimal import Decimal
from itertools import count
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from conversion.models import Course, GradeBand, Offering
from conversion.services.applications import Wish, start_application, submit_application
from conversion.services.decisions import approve_application, refuse_application, return_application
from credits.evaluation.bands import parse_interval
from credits.models import Category, Coverage, Lot, Round, RoundWindow, SchemeVersion
from credits.services.claims import Content, attach_evidence, start_claim, submit_claim, withdraw_claim
from credits.services.decisions import (
    Record,
    approve_claim,
    record_claim,
    refuse_claim,
    return_claim,
    revoke_claim,
)
from credits.services.schemes import load_version
from credits.stages import forget_stages, stage_of
from portal.enums import Role, Status
from portal.files.storing import store_content
from portal.models import (
    Appointment,
    ClassGroup,
    College,
    Major,
    Person,
    RenderedPage,
    Rendering,
    Student,
    Term,
)

PACKS = Path(settings.BASE_DIR) / "credits" / "packs"
PASSWORD = "a long enough password"
COLLEGE = ("cs", "计算机学院")
OTHER_COLLEGE = ("me", "机电学院")
COHORT = 2022
YEAR = "2025-2026"
# A provincial second prize won alone: 2 × 1 × 1 = 2 points by the pack.
FACTS = {
    "competition": "全国大学生数学建模竞赛",
    "level": "省部级",
    "basis": "奖项等次",
    "award": "二等奖",
    "form": "个人",
}
BANDS = {"2": "合格", "(2,4]": "中等", "(4,6)": "良好", "≥6": "优秀"}
numbers = count(1)


# --- People ---


def make_person(number=None, name="王芳", *, email="", **extra):
    """Create somebody with an account; the password is PASSWORD."""
    return Person.objects.create_user(number or f"P{next(numbers):08d}", name, PASSWORD, email=email, **extra)


def make_college(code=COLLEGE[0], name=COLLEGE[1]):
    """Return the college, created once."""
    return College.objects.get_or_create(code=code, defaults={"name": name})[0]


def make_class(college=None, *, cohort=COHORT, major="计算机科学与技术"):
    """Return the class of a major, created once."""
    college = college or make_college()
    row, _new = Major.objects.get_or_create(
        code=f"{college.code}-{major}"[:16], college=college, defaults={"name": major}
    )
    return ClassGroup.objects.get_or_create(major=row, cohort=cohort, name=f"{college.code}{cohort}01")[0]


def make_student(name="李明", *, college=None, cohort=COHORT, number=None, email="", **roll):
    """Put a student on the roll of a college and cohort."""
    group = make_class(college, cohort=cohort)
    person = make_person(number or f"11{cohort}{next(numbers):05d}", name, email=email)
    facts = {
        "entered_on": datetime.date(cohort, 9, 1),
        "leaves_on": datetime.date(cohort + 4, 7, 1),
        **roll,
    }
    return Student.objects.create(
        person=person, college=group.major.college, major=group.major, class_group=group, cohort=cohort, **facts
    )


def make_staff(role, *, name="赵老师", college=None, scheme="", category="", email="", **scope):
    """Appoint somebody from the beginning of last year on; a secretary without a college gets the first one."""
    if role == Role.SECRETARY and college is None:
        college = make_college()
    person = make_person(name=name, email=email)
    Appointment.objects.create(
        person=person,
        role=role,
        college=college,
        scheme_code=scheme,
        category_code=category,
        starts_on=datetime.date(2020, 1, 1),
        **scope,
    )
    return fresh(person)


def fresh(person):
    """Return the person as the next request would load them: without the cached standing and roll entry."""
    return Person.objects.get(pk=person.pk)


# --- Scheme and rounds ---


def make_scheme_version(pack="bit", *, replace=()):
    """Load a real pack; ``replace`` is pairs of texts, for a version that differs in a detail."""
    source = (PACKS / f"{pack}.toml").read_text(encoding="utf-8")
    for old, new in replace:
        assert old in source, old
        source = source.replace(old, new)
    version, _new = load_version(source, f"{pack}.toml")
    forget_stages()
    return version


def get_version(pack="bit"):
    """Return the newest stored version of the scheme, loaded when there is none."""
    return SchemeVersion.objects.filter(scheme__code=pack).order_by("-pk").first() or make_scheme_version(pack)


def get_category(code="competition"):
    """Return a category of the real pack."""
    return Category.objects.get(scheme=get_version().scheme, code=code)


def cover(scheme, college):
    """Let the scheme cover a college."""
    return Coverage.objects.get_or_create(scheme=scheme, college=college)[0]


def make_round(version=None, *, name=None, year=YEAR, opens=-30, closes=30, staff_closes=None, cohort=None, **facts):
    """Publish a round for every category that students claim; opens and closes are days from now."""
    version = version or get_version()
    name = name or f"{year} 学年认定 {next(numbers)}"
    round_ = Round.objects.create(
        scheme=version.scheme, name=name, academic_year=year, **{"is_published": True, **facts}
    )
    round_.categories.set(version.scheme.categories.filter(channel="student"))
    make_window(round_, Role.STUDENT, opens=opens, closes=closes, cohort=cohort)
    if staff_closes is not None:
        make_window(round_, Role.SECRETARY, opens=opens, closes=staff_closes)
    return round_


def make_window(round_, role, *, opens=-30, closes=30, cohort=None):
    """Open a round for a role from day to day, counted from now."""
    now, day = timezone.now(), datetime.timedelta(days=1)
    return RoundWindow.objects.create(
        round=round_, role=role, cohort=cohort, opens_at=now + opens * day, closes_at=now + closes * day
    )


def move_deadline(round_, *, days, role=Role.STUDENT):
    """Let the window of a role close so many days from now (before now when negative)."""
    closes = timezone.now() + datetime.timedelta(days=days)
    RoundWindow.objects.filter(round=round_, role=role).update(
        opens_at=closes - datetime.timedelta(days=60), closes_at=closes
    )


# --- Files ---


def jpeg(name="certificate.jpg", *, colour=(180, 40, 30), size=(320, 200)):
    """Return an uploaded photo."""
    return SimpleUploadedFile(name, picture_bytes("JPEG", colour, size), "image/jpeg")


def png(name="certificate.png"):
    """Return an uploaded screenshot; another name is another picture."""
    colour = tuple(zlib.crc32(name.encode()).to_bytes(4, "big")[:3])
    return SimpleUploadedFile(name, picture_bytes("PNG", colour, (320, 200)), "image/png")


def picture_bytes(kind, colour, size):
    """Return the bytes of a plain picture."""
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, kind)
    return buffer.getvalue()


def pdf(name="certificate.pdf", *, password="", pages=1):
    """Return an uploaded PDF of blank pages, encrypted when there is a password."""
    import pikepdf  # noqa: PLC0415 - few tests need a PDF

    document = pikepdf.new()
    for _page in range(pages):
        document.add_blank_page(page_size=(595, 842))
    buffer = io.BytesIO()
    document.save(buffer, encryption=pikepdf.Encryption(owner=password, user=password) if password else False)
    return SimpleUploadedFile(name, buffer.getvalue(), "application/pdf")


def make_pages(stored, *texts, total=None):
    """Return the pages of a stored PDF as if it had been drawn: a small grey picture and its text for each."""
    rendering = Rendering.objects.create(file=stored, drawn=len(texts), total=total or len(texts))
    for number, text in enumerate(texts, start=1):
        picture = ContentFile(picture_bytes("WEBP", (200, 200, 200), (80, 113)))
        image = store_content(picture, name=f"{number}.webp", media_type="image/webp", actor=None)
        RenderedPage.objects.create(rendering=rendering, number=number, image=image, width=80, height=113, text=text)
    return list(rendering.pages.all())


# --- Claims ---


def make_claim(
    status=Status.DRAFT,
    *,
    student=None,
    round_=None,
    category="competition",
    content="全国大学生数学建模竞赛北京赛区二等奖",
    facts=None,
    points="2",
    points_reason="",
    evidence=None,
    stage=None,
    reason="请补充证书背面的颁奖单位。",
    recognised=None,
    secretary=None,
    office=None,
):
    """Bring a claim into a status (and stage) through the services.

    ``evidence`` is a list of (upload, checklist item); a submitted claim has a certificate unless it is given.
    """
    version = get_version()
    student = student or make_student()
    cover(version.scheme, student.college)
    round_ = round_ or make_round(version)
    actor = fresh(student.person)
    written = Content(
        content, dict(FACTS if facts is None else facts), None if points is None else Decimal(points), points_reason
    )
    claim = start_claim(round_, get_category(category), actor, written)
    files = [(jpeg(), "certificate")] if evidence is None and status != Status.DRAFT else evidence or []
    for upload, item in files:
        attach_evidence(claim, actor, upload, item=item)
    claim.refresh_from_db()
    if status == Status.DRAFT:
        return claim
    submit_claim(claim, actor, revision=claim.revision)
    if status == Status.WITHDRAWN:
        return withdraw_claim(claim, actor, revision=None)
    secretary = secretary or make_staff(Role.SECRETARY, college=claim.college)
    if status == Status.RETURNED:
        return return_claim(claim, secretary, reason=reason, revision=None)
    if status == Status.REFUSED:
        return refuse_claim(claim, secretary, reason=reason, revision=None)
    if status == Status.IN_REVIEW and stage in {None, claim.stage}:
        return claim
    return _approve(claim, secretary, office, stage, status, Decimal(recognised or points), reason)


def _approve(claim, secretary, office, stage, status, points, reason):
    """Approve stage by stage until the wanted stage, or to the end."""
    while claim.status == Status.IN_REVIEW and claim.stage != stage:
        role = stage_of(claim.scheme_version, claim.stage).role
        if role == Role.OFFICE:
            office = office or make_staff(Role.OFFICE)
        reviewer = office if role == Role.OFFICE else secretary
        proposed = claim.recognised_points if claim.recognised_points is not None else claim.claimed_points
        approve_claim(claim, reviewer, points=points, revision=None, reason=reason if points != proposed else "")
    if status == Status.REVOKED:
        revoke_claim(claim, office, reason=reason, revision=None)
    return claim


def make_recognised(points, *, student=None, category="competition", content="校级大学生创新训练项目", year=YEAR):
    """Give a student recognised points: recorded for an office's category, else claimed and approved."""
    version = get_version()
    student = student or make_student()
    row = get_category(category)
    if row.channel == "student":
        limit = version.data.limits.max_points
        assert Decimal(points) <= limit, limit
        return make_claim(
            Status.RECOGNISED,
            student=student,
            category=category,
            content=content,
            points=points,
            points_reason="按细则",
        )
    cover(version.scheme, student.college)
    record = Record(student, row, year, content, Decimal(points))
    return record_claim(record, version, make_staff(Role.OFFICE))


def lots_of(student):
    """Return the student's lots, oldest first."""
    return list(Lot.objects.filter(student=student).order_by("pk"))


# --- Courses and conversions ---


def make_term(code="2026-2027-1"):
    """Return a term, created once."""
    year = int(code[:4])
    dates = {"starts_on": datetime.date(year, 9, 1), "ends_on": datetime.date(year + 1, 1, 20)}
    return Term.objects.get_or_create(code=code, defaults={"academic_year": code[:9], **dates})[0]


def make_course(code="02000012", name="素质拓展模块", *, credits=2, bands=None, categories=None):  # noqa: A002 - the field's name
    """Create a course of the real scheme that takes these categories (all of them unless given)."""
    scheme = get_version().scheme
    course = Course.objects.create(scheme=scheme, code=code, name=name, credits=Decimal(credits))
    mine = scheme.categories.all()
    course.categories.set(mine.filter(code__in=categories) if categories else mine)
    for interval, grade in (bands or BANDS).items():
        GradeBand.objects.create(course=course, grade=grade, **edges(interval))
    return course


def edges(interval):
    """Return the fields of a grade band's row for an interval such as ``(2,4]``."""
    lower, lower_closed, upper, upper_closed = parse_interval(interval)
    return {"lower": lower, "lower_closed": lower_closed, "upper": upper, "upper_closed": upper_closed}


def make_offering(course=None, *, term=None, opens=-10, closes=30, cohorts=()):
    """Offer a course for conversion; opens and closes are days from now."""
    now, day = timezone.now(), datetime.timedelta(days=1)
    return Offering.objects.create(
        course=course or make_course(),
        term=term or make_term(),
        opens_at=now + opens * day,
        closes_at=now + closes * day,
        cohorts=list(cohorts),
    )


def make_application(status=Status.DRAFT, *, student=None, offering=None, uses=None, points="3", reason="请补充理由。"):
    """Bring a conversion application into a status; ``uses`` is lot id → points, a new lot unless given."""
    student = student or make_student()
    offering = offering or make_offering()
    cover(get_version().scheme, student.college)
    if uses is None:
        lot = make_recognised(points, student=student, category="innovation").lot
        uses = {lot.pk: lot.recognised}
    actor = fresh(student.person)
    wish = Wish(phone="13800000000", email="li@example.org", reason="已完成项目，申请转换。", uses=uses)
    application = start_application(offering, actor, wish)
    if status == Status.DRAFT:
        return application
    submit_application(application, actor, revision=application.revision)
    if status == Status.IN_REVIEW:
        return application
    secretary = make_staff(Role.SECRETARY, college=student.college)
    if status == Status.RETURNED:
        return return_application(application, secretary, reason=reason, revision=None)
    if status == Status.REFUSED:
        return refuse_application(application, secretary, reason=reason, revision=None)
    return approve_application(application, secretary, revision=None)
