"""Keeps the courses that points are converted into: adopted from a scheme, edited by the office, offered per term."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from conversion.models import Course, GradeBand, Offering
from conversion.plans import offsets_courses
from conversion.rules import can_keep_courses
from credits.evaluation.bands import Band, check_bands
from portal.points import format_number
from portal.trail import record
from portal.workflow import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from credits.evaluation.scheme import CourseDefault
    from credits.models import Category, Scheme, SchemeVersion
    from portal.models import Person, Term


@dataclass(frozen=True, slots=True)
class CourseData:
    """What the office says about a course; ``bands`` from the lowest, ``categories`` are those that count for it.

    A course that points only offset has neither: its kind in the training plan says what counts.
    """

    code: str
    name: str
    credits: Decimal
    categories: tuple[Category, ...]
    bands: tuple[Band, ...]
    is_active: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class OfferingData:
    """When a course takes conversions in a term, and of which cohorts (none named: all)."""

    term: Term
    opens_at: datetime.datetime
    closes_at: datetime.datetime
    cohorts: tuple[int, ...] = ()


def adopt_courses(version: SchemeVersion, actor: Person | None) -> list[Course]:
    """Create the courses that the version proposes and the office does not have yet; return the new ones.

    A course that exists stays as it is: from its first day on it belongs to the office, not to the pack. Called by the
    command that loads a pack, so it asks for no permission.
    """
    scheme = version.scheme
    known = set(scheme.courses.values_list("code", flat=True))
    categories = {row.code: row for row in scheme.categories.all()}
    missing = [course for course in version.data.conversion.courses if course.code not in known]
    with transaction.atomic():
        return [_adopt(scheme, course, categories, actor) for course in missing]


def _adopt(scheme: Scheme, default: CourseDefault, categories: dict[str, Category], actor: Person | None) -> Course:
    data = CourseData(
        code=default.code,
        name=default.name,
        credits=default.credits,
        categories=tuple(categories[code] for code in default.categories),
        bands=tuple(default.bands),
        note=default.note[:200],
    )
    return _write(scheme, Course(scheme=scheme), data, actor, verb="adopt")


def save_course(actor: Person, scheme: Scheme, course: Course | None, data: CourseData) -> Course:
    """Create (``course`` None) or change a course with its bands and categories.

    Raises ``NotAllowed``, then ``ValidationError`` keyed by ``code``, ``categories`` or ``bands``. Applications that
    were handed in keep the bands they were judged by.
    """
    verdict = can_keep_courses(actor, scheme)
    if not verdict or (course is not None and course.scheme_id != scheme.pk):
        raise NotAllowed(verdict)
    _check(scheme, course, data)
    verb = "create" if course is None else "save"
    return _write(scheme, course or Course(scheme=scheme), data, actor, verb=verb, role=verdict.role)


def put_course_back(actor: Person, course: Course, facts: dict[str, Any]) -> Course:
    """Give a course facts that it had before, as ``course_facts`` froze them; raises as ``save_course``."""
    stood = course_facts(course) | facts
    categories = course.scheme.categories.filter(code__in=stood["categories"])
    data = CourseData(
        code=course.code,
        name=stood["name"],
        credits=Decimal(stood["credits"]),
        categories=tuple(categories),
        bands=tuple(Band.parse(interval, grade) for interval, grade in stood["bands"]),
        is_active=stood["is_active"],
        note=stood["note"],
    )
    verdict = can_keep_courses(actor, course.scheme)
    if not verdict:
        raise NotAllowed(verdict)
    return _write(course.scheme, course, data, actor, verb="save", role=verdict.role)


def remove_course(actor: Person, course: Course) -> None:
    """Delete a course that nothing refers to, with its event; raises ``NotAllowed``, or Django's ``ProtectedError``."""
    verdict = can_keep_courses(actor, course.scheme)
    if not verdict:
        raise NotAllowed(verdict)
    scheme = course.scheme.code
    changes: tuple[dict[str, Any], dict[str, Any]] = (course_facts(course), {})
    with transaction.atomic():
        record(
            "remove",
            actor,
            kind="course",
            key=f"{scheme}:{course.code}",
            label=str(course),
            role=verdict.role,
            scheme=scheme,
            changes=changes,
        )
        course.delete()


def save_offering(actor: Person, course: Course, offering: Offering | None, data: OfferingData) -> Offering:
    """Open a course for conversion in a term, or change the dates or cohorts of an offering.

    Raises ``NotAllowed``, then ``ValidationError`` keyed by ``term`` (there is one already) or ``closes_at``.
    """
    verdict = can_keep_courses(actor, course.scheme)
    if not verdict or (offering is not None and offering.course_id != course.pk):
        raise NotAllowed(verdict)
    if data.closes_at <= data.opens_at:
        raise ValidationError({"closes_at": _("截止时间必须晚于开放时间。")})
    taken = {"term": _("该课程在这个学期已有开课安排。")}
    row = offering or Offering(course=course)
    before = _offering_facts(row) if offering else {}
    row.term, row.opens_at, row.closes_at = data.term, data.opens_at, data.closes_at
    row.cohorts = sorted(set(data.cohorts))
    if Offering.objects.filter(course=course, term=data.term).exclude(pk=row.pk).exists():
        raise ValidationError(taken)
    try:
        with transaction.atomic():
            row.save()
            record(
                "offer" if offering is None else "save",
                actor,
                kind="offering",
                key=row.pk,
                label=f"{row.term} {course}",
                role=verdict.role,
                scheme=course.scheme.code,
                changes=(before, _offering_facts(row)),
            )
    except IntegrityError:  # two people at once: the constraint lets one through
        raise ValidationError(taken) from None
    return row


def _check(scheme: Scheme, course: Course | None, data: CourseData) -> None:
    errors: dict[str, Any] = {}
    same = scheme.courses.filter(code=data.code)
    if (same.exclude(pk=course.pk) if course else same).exists():
        errors["code"] = _("已有这个编号的课程。")
    graded = not offsets_courses(scheme)
    if (graded and not data.categories) or any(category.scheme_id != scheme.pk for category in data.categories):
        errors["categories"] = _("请至少选择一个本办法的申请类别。")
    problems = check_bands(data.bands) if graded or data.bands else []
    if problems:
        errors["bands"] = problems
    if errors:
        raise ValidationError(errors)


def _write(
    scheme: Scheme, course: Course, data: CourseData, actor: Person | None, *, verb: str, role: str = ""
) -> Course:
    before = course_facts(course) if course.pk else {}
    course.code, course.name, course.credits = data.code, data.name, data.credits
    course.is_active, course.note = data.is_active, data.note
    with transaction.atomic():
        course.save()
        course.categories.set(data.categories)
        course.bands.all().delete()
        GradeBand.objects.bulk_create(
            GradeBand(
                course=course,
                lower=band.lower,
                lower_closed=band.lower_closed,
                upper=band.upper,
                upper_closed=band.upper_closed,
                grade=band.grade,
            )
            for band in data.bands
        )
        key, changes = f"{scheme.code}:{course.code}", (before, course_facts(course))
        record(verb, actor, kind="course", key=key, label=str(course), role=role, scheme=scheme.code, changes=changes)
    return course


def course_facts(course: Course) -> dict[str, Any]:
    """Freeze a course as it stands, for its events and for imports that are taken back."""
    return facts_of([course])[course.pk]


def facts_of(courses: Sequence[Course]) -> dict[int, dict[str, Any]]:
    """Freeze courses with their bands and categories as they stand in the database (two queries)."""
    bands: dict[int, list[list[str]]] = {course.pk: [] for course in courses}
    for band in GradeBand.objects.filter(course__in=bands):
        bands[band.course_id].append([str(band), band.grade])
    codes: dict[int, list[str]] = {course.pk: [] for course in courses}
    chosen = Course.categories.through._base_manager.filter(course__in=codes)
    for key, code in chosen.order_by("category__code").values_list("course_id", "category__code"):
        codes[key].append(code)
    return {
        course.pk: {
            "name": course.name,
            "credits": format_number(course.credits),
            "is_active": course.is_active,
            "note": course.note,
            "categories": codes[course.pk],
            "bands": bands[course.pk],
        }
        for course in courses
    }


def _offering_facts(offering: Offering) -> dict[str, Any]:
    return {
        "term": offering.term.code,
        "opens_at": offering.opens_at.isoformat(),
        "closes_at": offering.closes_at.isoformat(),
        "cohorts": offering.cohorts,
    }
