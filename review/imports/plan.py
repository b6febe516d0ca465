"""What the rows of a workbook would become: records, problems by cell, and what is recorded already."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from credits.evaluation import Evaluation, evaluate
from credits.models import Claim, Coverage, SchemeVersion
from credits.services.recording import Record
from portal.enums import Status
from portal.models import College, Student
from portal.points import ZERO, format_points
from portal.spreadsheets import CellProblem
from review.imports.sheet import FACT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from credits.models import Category
    from portal.spreadsheets import SheetReading, SheetRow

CHUNK = 5000


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One row that would become a claim."""

    number: int
    record: Record
    version: SchemeVersion


@dataclass
class ImportPlan:
    """Everything a workbook would do; it may be applied only while nothing is to be corrected."""

    rows: list[PlannedRow] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)
    skipped: list[tuple[int, str]] = field(default_factory=list)
    total: int = 0
    more_problems: int = 0

    @property
    def ok(self) -> bool:
        """Whether it may be applied."""
        return not self.problems and not self.more_problems

    @property
    def points(self) -> Decimal:
        """Return the sum of what would be recognised."""
        return sum((row.record.points for row in self.rows), ZERO)

    @property
    def students(self) -> int:
        """Return how many students would get something."""
        return len({row.record.student.pk for row in self.rows})


def plan_import(category: Category, academic_year: str, reading: SheetReading) -> ImportPlan:
    """Compare what was read with the roll, the scheme and what is recorded already; changes nothing."""
    return _Planner(category, academic_year, reading).plan()


class _Refused(Exception):  # noqa: N818 - the outcome of one row
    """A cell that cannot stand."""

    def __init__(self, key: str, value: Any, message: str) -> None:
        super().__init__(message)
        self.key, self.value, self.message = key, value, message


class _Planner:
    """Holds what all rows are compared with, read once in a handful of queries."""

    def __init__(self, category: Category, academic_year: str, reading: SheetReading) -> None:
        self.category = category
        self.year = academic_year
        self.reading = reading
        self.students = _students(row["number"] for row in reading.rows)
        self.colleges = {name: pk for pk, *names in College.objects.values_list("pk", "code", "name") for name in names}
        self.college_codes = dict(College.objects.values_list("pk", "code"))
        self.coverage: dict[int, list[Coverage]] = defaultdict(list)
        for row in Coverage.objects.filter(scheme=category.scheme_id):
            self.coverage[row.college_id].append(row)
        self.recorded = _recorded(category, academic_year)
        self.versions: dict[int, SchemeVersion | None] = {}
        self.evaluations: dict[tuple[Any, ...], Evaluation] = {}

    def plan(self) -> ImportPlan:
        """Go through the rows."""
        found = ImportPlan(
            problems=list(self.reading.problems),
            total=self.reading.total,
            more_problems=self.reading.more_problems,
        )
        for row in self.reading.rows:
            try:
                self._take(row, found)
            except _Refused as refusal:
                found.problems.append(self._problem(row, refusal))
        found.problems.sort(key=lambda problem: (problem.row, len(problem.column), problem.column))
        return found

    def _take(self, row: SheetRow, found: ImportPlan) -> None:
        student = self._student(row)
        version = self._version(student)
        facts = _facts(row)
        result = self._evaluate(student, version, facts) if facts else None
        points = self._points(row, version, result)
        known = self.recorded.get((student.pk, row["content"]))
        if known is None:
            record = Record(
                student=student,
                category=self.category,
                academic_year=self.year,
                content=row["content"],
                points=points,
                facts=facts,
                evaluation=result,
                reason=row["reason"] or "",
            )
            found.rows.append(PlannedRow(row.number, record, version))
        elif known == points:
            found.skipped.append((row.number, f"{student.person.number} {row['content']}"))
        else:
            message = _("已录入为 %(known)s，与本行不同。如需更改，请先撤回原来的批次。")
            raise _Refused("points", row["points"], message % {"known": format_points(known)})

    def _student(self, row: SheetRow) -> Student:
        student = self.students.get(row["number"])
        if student is None:
            raise _Refused("number", row["number"], _("学籍中没有这个学号。"))
        if student.person.name != row["name"]:
            raise _Refused("name", row["name"], _("与该学号在学籍中的姓名不符。"))
        if row["college"]:
            college = self.colleges.get(row["college"])
            if college is None:
                raise _Refused("college", row["college"], _("没有这个学院。"))
            if college != student.college_id:
                raise _Refused("college", row["college"], _("该学生不在这个学院。"))
        if not student.on_roll:
            raise _Refused("number", row["number"], _("该学生已不在籍。"))
        if not self._is_covered(student):
            raise _Refused("number", row["number"], _("该学生的学院和年级不适用本办法。"))
        return student

    def _is_covered(self, student: Student) -> bool:
        return any(
            (row.cohort_from is None or row.cohort_from <= student.cohort)
            and (row.cohort_to is None or row.cohort_to >= student.cohort)
            for row in self.coverage.get(student.college_id, ())
        )

    def _version(self, student: Student) -> SchemeVersion:
        if student.cohort not in self.versions:
            found = SchemeVersion.objects.in_force(timezone.localdate(), student.cohort)
            self.versions[student.cohort] = found.filter(scheme=self.category.scheme_id).first()
        version = self.versions[student.cohort]
        if version is None:
            raise _Refused("number", student.person.number, _("办法目前没有适用于该年级的版本。"))
        return version

    def _evaluate(self, student: Student, version: SchemeVersion, facts: dict[str, str]) -> Evaluation:
        """Apply the rules once for all rows with the same facts: a workbook has few different ones."""
        college = self.college_codes[student.college_id]
        key = (version.pk, college, *sorted(facts.items()))
        if key not in self.evaluations:
            self.evaluations[key] = evaluate(version.data, self.category.code, facts, college=college)
        return self.evaluations[key]

    def _points(self, row: SheetRow, version: SchemeVersion, result: Evaluation | None) -> Decimal:
        typed: Decimal | None = row["points"]
        ruled = result.points if result else None
        if typed is None and ruled is None:
            raise self._no_points(result)
        if typed is not None and ruled is not None and typed != ruled and not row["reason"]:
            message = _("按规则计算为 %(ruled)s。请核对；确需不同时请填写说明。")
            raise _Refused("points", typed, message % {"ruled": format_points(ruled)})
        points = typed if typed is not None else ruled
        limit = version.data.limits.max_points
        if points is None or points <= ZERO:
            raise _Refused("points", points, _("认定积分必须大于 0。"))
        if points > limit:
            raise _Refused("points", points, _("认定积分不能超过 %(limit)s。") % {"limit": format_points(limit)})
        return points

    def _no_points(self, result: Evaluation | None) -> _Refused:
        if result is not None and result.problems:
            first = result.problems[0]
            key = f"{FACT}{first.field}"
            known = key in self.reading.letters
            return _Refused(key if known else "points", None, first.message)
        return _Refused("points", None, _("请填写认定积分，或把计算列填全。"))

    def _problem(self, row: SheetRow, refusal: _Refused) -> CellProblem:
        spec = self.reading.spec
        title = str(spec.column(refusal.key).title) if spec else ""
        value = "" if refusal.value is None else str(refusal.value)
        return CellProblem(row.number, self.reading.letters.get(refusal.key, ""), title, value, refusal.message)


def _facts(row: SheetRow) -> dict[str, str]:
    """Return the facts of a row as the rules read them: text."""
    found = ((key.removeprefix(FACT), value) for key, value in row.values.items() if key.startswith(FACT))
    return {name: str(value) for name, value in found if value is not None}


def _students(numbers: Iterable[str]) -> dict[str, Student]:
    found: dict[str, Student] = {}
    for part in _chunks(sorted(set(numbers))):
        rows = Student.objects.filter(person__number__in=part).select_related("person")
        found.update({row.person.number: row for row in rows})
    return found


def _recorded(category: Category, academic_year: str) -> dict[tuple[int, str], Decimal]:
    """Return what of this category and year is recognised already, by student and content."""
    rows = Claim.objects.filter(category=category, academic_year=academic_year, status=Status.RECOGNISED)
    known = rows.values_list("student_id", "content", "recognised_points")
    return {(student, content): points or ZERO for student, content, points in known}


def _chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
