"""What a student's training plan (培养方案) says of a course: its kind, and with it which records may offset it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversion.models import PlanCourse
from credits.models import Category, SchemeVersion

if TYPE_CHECKING:
    from credits.evaluation.scheme import ConversionKind
    from credits.models import Scheme
    from portal.models import Student


def kinds_for(student: Student, version: SchemeVersion) -> dict[int, ConversionKind]:
    """Return the kind of each course of the student's plan that the version lets points offset, by course id."""
    rows = PlanCourse.objects.of(student).filter(scheme_id=version.scheme_id).values_list("course_id", "kind")
    found = {course: version.data.conversion.kind(code) for course, code in rows}
    return {course: kind for course, kind in found.items() if kind is not None}


def kind_for(student: Student, course_id: int, version: SchemeVersion) -> ConversionKind | None:
    """Return the kind of one course in the student's plan; None when it is not there, or of no kind that counts."""
    mine = PlanCourse.objects.of(student).filter(scheme_id=version.scheme_id, course_id=course_id)
    code = mine.values_list("kind", flat=True).first()
    return version.data.conversion.kind(code) if code else None


def categories_for(kind: ConversionKind, scheme_id: int) -> list[Category]:
    """Return the categories whose records may offset courses of the kind, in the scheme's order."""
    return [row for row in Category.objects.filter(scheme_id=scheme_id) if kind.takes(row.code)]


def newest_version(scheme: Scheme) -> SchemeVersion | None:
    """Return the scheme's newest text, whose mode and kinds the office works by."""
    return scheme.versions.order_by("-effective_from", "-pk").first()


def offsets_courses(scheme: Scheme) -> bool:
    """Whether the scheme lets points stand for course credit without a grade, by its newest text."""
    version = newest_version(scheme)
    return version is not None and version.data.conversion.offsets
