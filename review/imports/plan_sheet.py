"""The sheet of training plans: which courses a major and cohort has, and of which kind each is there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from conversion.models import PlanCourse
from conversion.plans import newest_version
from conversion.services.plans import PlanEntry
from portal.models import Major
from portal.points import format_number
from portal.spreadsheets import CellProblem, Column, SheetSpec, write_template

if TYPE_CHECKING:
    from credits.models import Scheme
    from portal.spreadsheets import SheetReading, SheetRow

MAX_ROWS = 10_000
EARLIEST, LATEST = 1990, 2100
SHOWN = 200


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One row and what it would do: ``before`` is None for a new course of the plan."""

    row: int
    entry: PlanEntry
    kind: str
    before: dict[str, Any] | None
    course: str  # "new", "changed" or "": what becomes of the course itself

    @property
    def is_changed(self) -> bool:
        """Whether the row would change anything."""
        return bool(self.course) or self.before != _facts(self.entry)


@dataclass
class PlanSheet:
    """What a workbook of plans would do."""

    rows: list[PlannedRow] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)

    @property
    def pending(self) -> list[PlannedRow]:
        """Return the rows that would change something."""
        return [row for row in self.rows if row.is_changed]

    @property
    def shown(self) -> list[PlannedRow]:
        """Return what the preview has room for, the changes first."""
        return sorted(self.rows, key=lambda row: not row.is_changed)[:SHOWN]

    @property
    def hidden(self) -> int:
        """Return how many rows the preview does not show."""
        return max(len(self.rows) - SHOWN, 0)


def kinds_of(scheme: Scheme) -> dict[str, str]:
    """Return the kinds of courses that the scheme's newest text knows: name → code."""
    version = newest_version(scheme)
    return {kind.name: kind.code for kind in version.data.conversion.kinds} if version else {}


def plan_sheet(scheme: Scheme) -> SheetSpec:
    """Return what a workbook of plans must look like."""
    return SheetSpec(
        title=_("培养方案"),
        columns=(
            Column(
                "major", _("专业"), required=True, max_length=64, width=24, help=_("专业代码，或不重名的专业名称。")
            ),
            Column("cohort", _("年级"), "number", required=True, places=0, width=8),
            Column("code", _("课程编号"), "code", required=True, max_length=16),
            Column("name", _("课程名称"), required=True, max_length=64, width=28),
            Column("credits", _("学分"), "decimal", required=True, width=8),
            Column("kind", _("课程性质"), "choice", required=True, choices=kinds_of(scheme), width=16),
            Column("active", _("启用"), "choice", choices={_("是"): True, _("否"): False}, width=8),
        ),
        unique=("major", "cohort", "code"),
        max_rows=MAX_ROWS,
    )


def plan_template(scheme: Scheme) -> bytes:
    """Return an empty workbook of plans."""
    notes = [_("每行一门课程；同一专业、年级、课程编号已存在的会被修改，其余新建。没有写到的课程保持不变。")]
    return write_template(plan_sheet(scheme), notes=notes)


def read_plans(scheme: Scheme, reading: SheetReading) -> PlanSheet:
    """Compare what was read with the plans there are; changes nothing."""
    majors, names = _majors(), {code: name for name, code in kinds_of(scheme).items()}
    entries: list[tuple[int, PlanEntry]] = []
    first: dict[str, PlanEntry] = {}
    seen: set[tuple[int, int, str]] = set()
    for row in list(reading.rows):
        entry = _entry(row, majors, reading)
        if entry is None:
            continue
        said = first.setdefault(entry.code, entry)
        if (said.name, said.credits) != (entry.name, entry.credits):
            words = {"name": said.name, "credits": format_number(said.credits)}
            text = _("同一课程编号在前面的行是“%(name)s”、%(credits)s 学分，请核对。") % words
            reading.refuse(row.number, "code", row["code"], text)
        elif entry.key in seen:
            reading.refuse(row.number, "code", row["code"], _("同一专业、年级的这门课程前面已经写过。"))
        else:
            seen.add(entry.key)
            entries.append((row.number, entry))
    problems = sorted(reading.problems, key=lambda problem: (problem.row, problem.column))
    return PlanSheet(_compared(scheme, entries, names), problems)


def _majors() -> dict[str, list[Major]]:
    """Return the majors by code and by name; a name may stand for several."""
    found: dict[str, list[Major]] = {}
    for major in Major.objects.select_related("college"):
        for word in {major.code, major.name}:
            found.setdefault(word, []).append(major)
    return found


def _entry(row: SheetRow, majors: dict[str, list[Major]], reading: SheetReading) -> PlanEntry | None:
    """Return what a row says, or note what is wrong with it."""
    found = majors.get(row["major"].strip(), [])
    cohort = int(row["cohort"])
    if not found:
        reading.refuse(row.number, "major", row["major"], _("没有这个专业。"))
    elif len(found) > 1:
        reading.refuse(row.number, "major", row["major"], _("有多个专业叫这个名称，请填写专业代码。"))
    elif not EARLIEST <= cohort <= LATEST:
        reading.refuse(row.number, "cohort", row["cohort"], _("年级写作入学年份，例如 2022。"))
    elif row["credits"] <= 0:
        reading.refuse(row.number, "credits", row["credits"], _("学分必须大于 0。"))
    else:
        is_active = True if row["active"] is None else row["active"]
        return PlanEntry(found[0], cohort, row["code"], row["name"], row["credits"], row["kind"], is_active)
    return None


def _compared(scheme: Scheme, entries: list[tuple[int, PlanEntry]], names: dict[str, str]) -> list[PlannedRow]:
    courses = {code: (name, number) for code, name, number in scheme.courses.values_list("code", "name", "credits")}
    rows = PlanCourse.objects.filter(scheme=scheme).values_list(
        "major_id", "cohort", "course__code", "kind", "is_active"
    )
    plans = {
        (major, cohort, code): {"kind": kind, "is_active": on} for major, cohort, code, kind, on in rows.iterator()
    }
    return [
        PlannedRow(
            row=number,
            entry=entry,
            kind=names.get(entry.kind, entry.kind),
            before=plans.get(entry.key),
            course=_change(courses.get(entry.code), entry),
        )
        for number, entry in entries
    ]


def _change(known: tuple[str, Any] | None, entry: PlanEntry) -> str:
    if known is None:
        return "new"
    return "" if known == (entry.name, entry.credits) else "changed"


def _facts(entry: PlanEntry) -> dict[str, Any]:
    return {"kind": entry.kind, "is_active": entry.is_active}
