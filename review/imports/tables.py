"""The tables that workbooks of courses, plans and the library write, for when an import is taken back."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from conversion.models import Course, PlanCourse
from conversion.services.courses import facts_of, put_course_back, remove_course
from conversion.services.plans import plan_key, put_plan_back, remove_plan_rows
from credits.models import Category, LibraryEntry, Scheme
from credits.services.library import entry_key, entry_record, put_entry_back, remove_entries
from credits.shelf import EntryData, Shelf
from portal.models.imports import SheetKind
from portal.points import as_points
from portal.taking_back import Line, Table
from review.imports.plan_sheet import kinds_of
from review.office.library_history import LABELS, said_of_entry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.models import Person, SheetImportRow
    from portal.sheet_imports import Values


class OfScheme(Table):
    """A table of one scheme, whose rows each have events of their own."""

    def __init__(self, scheme: Scheme, *args: Any) -> None:
        super().__init__(*args)
        self.scheme = scheme

    def found(self, rows: Sequence[SheetImportRow], *, lock: bool = False) -> list[Any]:
        """Return the rows that are still there."""
        return list(self.locked(lock=lock).filter(pk__in=[row.key for row in rows]))


class Courses(OfScheme):
    """Courses with their bands and categories."""

    def now(self, rows: Sequence[SheetImportRow], *, lock: bool) -> dict[int, Values]:
        """Return what each course says today."""
        return facts_of(self.found(rows, lock=lock))

    def subjects(self, keys: Sequence[int]) -> dict[int, str]:
        """Return the courses' keys on the trail."""
        pairs = Course.objects.filter(pk__in=keys).values_list("pk", "code")
        return {pk: f"{self.scheme.code}:{code}" for pk, code in pairs}

    def put_back(self, lines: Sequence[Line], actor: Person) -> None:
        """Save each course as its form would."""
        courses = Course.objects.select_related("scheme").in_bulk([line.row.key for line in lines])
        for line in lines:
            put_course_back(actor, courses[line.row.key], line.row.before or {})

    def remove(self, lines: Sequence[Line], actor: Person) -> None:
        """Delete each course with its event."""
        for course in Course.objects.select_related("scheme").filter(pk__in=[line.row.key for line in lines]):
            remove_course(actor, course)

    def said(self, name: str, value: Any) -> str:
        """Return a value as people read it."""
        if name == "bands":
            return _t("；").join(f"{interval} {grade}" for interval, grade in value)
        if name == "categories":
            return _t("、").join(self.categories.get(code, code) for code in value)
        return super().said(name, value)

    @cached_property
    def categories(self) -> dict[str, str]:
        """Return the names of the scheme's categories."""
        return dict(Category.objects.filter(scheme=self.scheme).values_list("code", "name"))


class Plans(OfScheme):
    """The courses of training plans."""

    def subjects(self, keys: Sequence[int]) -> dict[int, str]:
        """Return the rows' keys on the trail."""
        found = PlanCourse.objects.filter(pk__in=keys).select_related("major", "course")
        return {row.pk: f"{self.scheme.code}:{plan_key(row)}" for row in found}

    def put_back(self, lines: Sequence[Line], actor: Person) -> None:
        """Keep the rows as the plan's form would."""
        rows = PlanCourse.objects.select_related("major", "course").in_bulk([line.row.key for line in lines])
        put_plan_back(actor, self.scheme, {rows[line.row.key]: line.row.before or {} for line in lines})

    def remove(self, lines: Sequence[Line], actor: Person) -> None:
        """Delete the rows, each with its event."""
        found = PlanCourse.objects.select_related("major", "course").filter(pk__in=[line.row.key for line in lines])
        remove_plan_rows(actor, self.scheme, list(found))

    def said(self, name: str, value: Any) -> str:
        """Return a value as people read it."""
        return self.kinds.get(value, str(value)) if name == "kind" else super().said(name, value)

    @cached_property
    def kinds(self) -> dict[str, str]:
        """Return the names of the scheme's kinds of courses."""
        return {code: title for title, code in kinds_of(self.scheme).items()}


class Library(OfScheme):
    """Entries of the achievement library."""

    def locked(self, *, lock: bool) -> Any:
        """Return all entries with what their facts name."""
        found = super().locked(lock=False).select_related("scheme", "category", "merged_into")
        return found.select_for_update(of=("self",)) if lock else found

    def now(self, rows: Sequence[SheetImportRow], *, lock: bool) -> dict[int, Values]:
        """Return what each entry says today; imports of old compare by its revision."""
        return {row.pk: entry_record(row) | {"revision": row.revision} for row in self.found(rows, lock=lock)}

    def subjects(self, keys: Sequence[int]) -> dict[int, str]:
        """Return the entries' keys on the trail."""
        return {row.pk: entry_key(row) for row in LibraryEntry.objects.filter(pk__in=keys).select_related("scheme")}

    def refused(self, rows: Sequence[SheetImportRow], actor: Person) -> dict[int, str]:  # noqa: ARG002 - for anybody
        """Return the entries that could not stand on the shelf as they were."""
        known, shelf = {row.pk: row for row in self.found(rows)}, Shelf(self.scheme)
        found: dict[int, str] = {}
        for row in rows:
            if row.before and row.key in known:
                texts = shelf.problems(_stood(known[row.key], row.before), but=known[row.key])
                if texts:
                    found[row.key] = next(iter(texts.values()))[0]
        return found

    def put_back(self, lines: Sequence[Line], actor: Person) -> None:
        """Change each entry with its event."""
        entries = LibraryEntry.objects.select_related("scheme").in_bulk([line.row.key for line in lines])
        for line in lines:
            put_entry_back(actor, entries[line.row.key], line.row.before or {})

    def remove(self, lines: Sequence[Line], actor: Person) -> None:
        """Remove the entries, each with its event."""
        remove_entries(actor, LibraryEntry.objects.filter(pk__in=[line.row.key for line in lines]))

    def said(self, name: str, value: Any) -> str:
        """Return a value as people read it."""
        return said_of_entry(name, value) or "—"


def _stood(entry: LibraryEntry, before: Values) -> EntryData:
    facts = entry_record(entry) | before
    return EntryData(
        category=entry.category,
        code=entry.code,
        name=facts["name"],
        level=facts["level"],
        organiser=facts["organiser"],
        ruling=facts["ruling"],
        note=facts["note"],
        suggestions=tuple((award, as_points(score)) for award, score in facts["suggestions"]),
        valid_from=facts["valid_from"],
        valid_to=facts["valid_to"],
    )


def tables_of(kind: str, scheme: Scheme) -> tuple[Table, ...]:
    """Return the tables that a workbook of this kind writes, those that refer to others first."""
    labels = {"name": _("课程名称"), "credits": _("学分"), "is_active": _("启用"), "note": _("说明")}
    marks = {"categories": _("可选择申请类型"), "bands": _("成绩档")}
    courses = Courses(scheme, "course", _("课程"), Course, labels | marks)
    if kind == SheetKind.COURSES:
        return (courses,)
    if kind == SheetKind.PLANS:
        kinds = {"kind": _("课程性质"), "is_active": _("启用")}
        return Plans(scheme, "plan_course", _("培养方案"), PlanCourse, kinds), courses
    return (Library(scheme, "library", _("成果库"), LibraryEntry, LABELS),)
