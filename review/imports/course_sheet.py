"""The sheet of courses: what they are called, what counts for them, what earns which grade."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from conversion.services.courses import CourseData
from credits.evaluation.bands import Band, check_bands
from portal.spreadsheets import CellProblem, Column, SheetSpec, write_template

if TYPE_CHECKING:
    from collections.abc import Callable

    from conversion.models import Course
    from credits.models import Category, Scheme
    from portal.spreadsheets import SheetReading, SheetRow

LIST = re.compile(r"[、,，;；\n]+")
BANDS = re.compile(r"[；;\n]+")
MAX_COURSES = 500


@dataclass(frozen=True, slots=True)
class PlannedCourse:
    """One row and the course it would create (``course`` None) or change."""

    row: int
    course: Course | None
    data: CourseData
    is_changed: bool


@dataclass
class CoursePlan:
    """What a workbook of courses would do."""

    rows: list[PlannedCourse] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)

    @property
    def pending(self) -> list[PlannedCourse]:
        """Return the rows that would change something."""
        return [row for row in self.rows if row.is_changed]


def course_sheet() -> SheetSpec:
    """Return what a workbook of courses must look like."""
    return SheetSpec(
        title=_("课程"),
        columns=(
            Column("code", _("课程编号"), "code", required=True, max_length=16),
            Column("name", _("课程名称"), required=True, max_length=64, width=28),
            Column("credits", _("学分"), "decimal", required=True, width=8),
            Column("categories", _("可选择申请类型"), required=True, width=40, help=_("类别名称，用顿号隔开。")),
            Column(
                "bands",
                _("成绩档"),
                required=True,
                width=48,
                help=_("从低到高，用分号隔开，每档写作“区间 成绩”，例如 [1,3) B；≥3 A。"),
            ),
            Column("active", _("启用"), "choice", choices={_("是"): True, _("否"): False}, width=8),
            Column("note", _("说明"), max_length=200, width=30),
        ),
        unique=("code",),
        max_rows=MAX_COURSES,
    )


def course_template() -> bytes:
    """Return an empty workbook of courses."""
    return write_template(course_sheet(), notes=[_("每行一门课程；编号已存在的课程会被修改，其余新建。")])


def plan_courses(scheme: Scheme, reading: SheetReading) -> CoursePlan:
    """Compare what was read with the courses there are; changes nothing."""
    plan = CoursePlan(problems=list(reading.problems))
    categories = {row.name: row for row in scheme.categories.all()}
    known = {row.code: row for row in scheme.courses.prefetch_related("bands", "categories")}
    for row in reading.rows:
        found, problems = _course(row, categories, reading)
        plan.problems += problems
        if found is not None:
            course = known.get(found.code)
            plan.rows.append(PlannedCourse(row.number, course, found, course is None or _facts(course) != found))
    plan.problems.sort(key=lambda problem: (problem.row, problem.column))
    return plan


def _course(
    row: SheetRow, categories: dict[str, Category], reading: SheetReading
) -> tuple[CourseData | None, list[CellProblem]]:
    problems: list[CellProblem] = []

    def refuse(key: str, message: str) -> None:
        title = str(course_sheet().column(key).title)
        problems.append(CellProblem(row.number, reading.letters.get(key, ""), title, str(row[key]), message))

    names = [name.strip() for name in LIST.split(row["categories"]) if name.strip()]
    if unknown := [name for name in names if name not in categories]:
        refuse("categories", _("没有这些类别：%(names)s。") % {"names": "、".join(unknown)})
    if row["credits"] <= 0:
        refuse("credits", _("学分必须大于 0。"))
    bands = _bands(row["bands"], refuse)
    if problems:
        return None, problems
    chosen = tuple(category for category in categories.values() if category.name in names)
    active = True if row["active"] is None else row["active"]
    data = CourseData(row["code"], row["name"], row["credits"], chosen, bands, is_active=active, note=row["note"] or "")
    return data, []


def _bands(text: str, refuse: Callable[[str, str], None]) -> tuple[Band, ...]:
    bands: list[Band] = []
    for part in (part.strip() for part in BANDS.split(text)):
        interval, _space, grade = part.rpartition(" ")
        if part and not interval:
            refuse("bands", _("“%(part)s”应写作“区间 成绩”。") % {"part": part})
            return ()
        try:
            bands += [Band.parse(interval.strip(), grade.strip())] if part else []
        except ValueError as error:
            refuse("bands", str(error))
            return ()
    for problem in check_bands(bands):
        refuse("bands", problem)
    return tuple(bands)


def _facts(course: Course) -> CourseData:
    """Return the course as its sheet would say it, categories in the scheme's order."""
    return CourseData(
        code=course.code,
        name=course.name,
        credits=course.credits,
        categories=tuple(sorted(course.categories.all(), key=lambda category: category.position)),
        bands=course.rule_bands,
        is_active=course.is_active,
        note=course.note,
    )
