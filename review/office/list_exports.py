"""The exports of the office's lists: their columns, beside the listing that the page shows."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from credits.windows import round_state
from portal.delegations.holdings import shown
from portal.enums import Role
from portal.spreadsheets import ExportColumn
from portal.views.appointments import appointment_listing
from portal.views.people import people_listing, with_roles
from review.exports import CHUNK, Export
from review.imports.library_sheet import library_columns
from review.office.access import kept_schemes
from review.office.courses import course_listing
from review.office.import_history import history_listing, report_lines
from review.office.library import library_listing
from review.office.library_access import chosen_shelf
from review.office.rounds import round_listing, students_window
from review.office.rulings import ruling_listing
from review.publicity.listings import handled_objections

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conversion.models import Course
    from credits.models import Round, Ruling
    from portal.models import SheetImport


class ObjectExport(Export):
    """An export whose columns ask the rows themselves, as their page does."""

    def rows(self) -> Iterator[Any]:
        """Return the rows, all pages, read in pieces."""
        return self.queryset.iterator(chunk_size=CHUNK)

    def in_parts(self) -> Iterator[list[Any]]:
        """Return the rows a few thousand at a time, for what is asked of all of them together."""
        rows = self.queryset.iterator(chunk_size=CHUNK)
        while part := list(islice(rows, CHUNK)):
            yield part


class PeopleExport(ObjectExport):
    """People with their roles of today."""

    def rows(self) -> Iterator[dict[str, Any]]:
        """Return each person with the roles."""
        for part in self.in_parts():
            yield from ({"person": person, "roles": _t("、").join(roles)} for person, roles in with_roles(part))


class AppointmentExport(ObjectExport):
    """Appointments with their scope in words and their state."""

    def rows(self) -> Iterator[Any]:
        """Return each appointment as its page shows it."""
        for part in self.in_parts():
            yield from shown(part)


def _yes(value: bool) -> str:  # noqa: FBT001 - a value of a row
    return _t("是") if value else _t("否")


def _of_person(name: str) -> Callable[[dict[str, Any]], Any]:
    return lambda row: getattr(row["person"], name)


def _of_roll(read: Callable[[Any], Any]) -> Callable[[dict[str, Any]], Any]:
    """Return how a column reads the roll; who is no student has none."""
    return lambda row: read(student) if (student := getattr(row["person"], "student", None)) else None


def _window(round_: Round, edge: int) -> Any:
    found = students_window(round_)
    return found[edge] if found else None


def _latest_term(course: Course) -> str:
    return next((offering.term.code for offering in course.offerings.all()[:1]), "")


def _draft(ruling: Ruling) -> str:
    return ruling.draft.label if ruling.draft and ruling.draft.state != "discarded" else ""


def _import_state(row: SheetImport) -> str:
    return _t("已撤回") if row.rolled_back_at else _t("已导入")


ROUND_COLUMNS = (
    ExportColumn(_("活动名称"), "name", "text", 28),
    ExportColumn(_("学年"), "academic_year", "text", 12),
    ExportColumn(_("状态"), lambda row: str(round_state(row).label), "text", 12),
    ExportColumn(_("学生申报开始"), lambda row: _window(row, 0), "datetime", 18),
    ExportColumn(_("学生申报截止"), lambda row: _window(row, 1), "datetime", 18),
    ExportColumn(_("开放类别"), lambda row: _t("、").join(one.name for one in row.categories.all()), "text", 40),
    ExportColumn(_("认定办法"), "scheme__name", "text", 28),
)
COURSE_COLUMNS = (
    ExportColumn(_("课程编号"), "code", "text", 12),
    ExportColumn(_("课程名称"), "name", "text", 28),
    ExportColumn(_("学分"), "credits", "decimal", 8),
    ExportColumn(
        _("成绩档"), lambda row: _t("；").join(f"{band} {band.grade}" for band in row.bands.all()), "text", 48
    ),
    ExportColumn(_("可选择申请类型"), lambda row: _t("、").join(one.name for one in row.categories.all()), "text", 40),
    ExportColumn(_("最近开课"), _latest_term, "text", 14),
    ExportColumn(_("启用"), lambda row: _yes(row.is_active), "text", 8),
    ExportColumn(_("说明"), "note", "text", 30),
)
RULING_COLUMNS = (
    ExportColumn(_("项目"), "title", "text", 36),
    ExportColumn(_("归入类别"), lambda row: row.category.name if row.category else "", "text", 16),
    ExportColumn(_("最低分值"), "low", "decimal", 10),
    ExportColumn(_("最高分值"), "high", "decimal", 10),
    ExportColumn(_("理由"), "reason", "text", 48),
    ExportColumn(_("认定日期"), "decided_at", "date", 12),
    ExportColumn(_("登记人"), "decided_by__name", "text", 12),
    ExportColumn(_("纳入办法"), _draft, "text", 20),
)
IMPORT_COLUMNS = (
    ExportColumn(_("导入时间"), "imported_at", "datetime", 18),
    ExportColumn(_("内容"), "get_kind_display", "text", 12),
    ExportColumn(_("工作簿"), "name", "text", 32),
    ExportColumn(_("结果"), lambda row: "\n".join(report_lines(row)), "text", 40),
    ExportColumn(_("导入人"), "imported_by__name", "text", 12),
    ExportColumn(_("状态"), _import_state, "text", 10),
    ExportColumn(_("撤回时间"), "rolled_back_at", "datetime", 18),
    ExportColumn(_("撤回人"), lambda row: row.rolled_back_by.name if row.rolled_back_by else "", "text", 12),
    ExportColumn("SHA-256", "sha256", "text", 66),
)
PEOPLE_COLUMNS = (
    ExportColumn(_("学号/工号"), _of_person("number"), "text", 14),
    ExportColumn(_("姓名"), _of_person("name"), "text", 12),
    ExportColumn(_("学院名称"), _of_roll(lambda student: student.college.name), "text", 18),
    ExportColumn(_("年级"), _of_roll(lambda student: student.cohort), "number", 8),
    ExportColumn(_("班级"), _of_roll(lambda student: student.class_group.name), "text", 14),
    ExportColumn(_("在籍"), _of_roll(lambda student: _yes(student.on_roll)), "text", 8),
    ExportColumn(_("任职"), "roles", "text", 40),
    ExportColumn(_("电子邮箱"), _of_person("email"), "text", 26, private=True),
    ExportColumn(_("联系电话"), _of_person("phone"), "text", 16, private=True),
    ExportColumn(_("可登录"), lambda row: _yes(row["person"].is_active), "text", 8),
)
APPOINTMENT_COLUMNS = (
    ExportColumn(_("工号"), "row__person__number", "text", 14),
    ExportColumn(_("姓名"), "row__person__name", "text", 12),
    ExportColumn(_("角色"), "row__get_role_display", "text", 16),
    ExportColumn(_("范围"), "scope", "text", 40),
    ExportColumn(_("开始日期"), "row__starts_on", "date", 12),
    ExportColumn(_("结束日期"), "row__ends_on", "date", 12),
    ExportColumn(_("状态"), lambda holding: str(holding.state.label), "text", 14),
    ExportColumn(_("来源"), "given", "text", 20),
    ExportColumn(_("说明"), "row__reason", "text", 30),
)
# Not who objects: the page alone names them, to those who decide.
OBJECTION_COLUMNS = (
    ExportColumn(_("受理编号"), "number", "text", 20),
    ExportColumn(_("公示"), "entry__list__title", "text", 36),
    ExportColumn(_("被异议人"), "entry__name", "text", 12),
    ExportColumn(_("项目"), "entry__item", "text", 36),
    ExportColumn(_("理由"), "reason", "text", 48),
    ExportColumn(_("提出时间"), "created_at", "datetime", 18),
    ExportColumn(_("状态"), "get_state_display", "text", 12),
    ExportColumn(_("处理意见"), "answer", "text", 48),
    ExportColumn(_("处理时间"), "handled_at", "datetime", 18),
)


def _rounds(request: Any, query: str) -> Export:
    kept_schemes(request.user)
    return ObjectExport("rounds", _t("活动管理"), ROUND_COLUMNS, round_listing(request).queryset, query)


def _courses(request: Any, query: str) -> Export:
    kept_schemes(request.user)
    return ObjectExport("course_list", _t("课程"), COURSE_COLUMNS, course_listing(request).queryset, query)


def _rulings(request: Any, query: str) -> Export:
    return ObjectExport("rulings", _t("委员会认定"), RULING_COLUMNS, ruling_listing(request).queryset, query)


def _imports(request: Any, query: str) -> Export:
    return ObjectExport("import_history", _t("导入记录"), IMPORT_COLUMNS, history_listing(request).queryset, query)


def _people(request: Any, query: str) -> Export:
    return PeopleExport("people_list", _t("人员"), PEOPLE_COLUMNS, people_listing(request).queryset, query)


def _appointments(request: Any, query: str) -> Export:
    found = appointment_listing(request).queryset
    return AppointmentExport("appointments", _t("任职与委托"), APPOINTMENT_COLUMNS, found, query)


def _objections(request: Any, query: str) -> Export:
    if not request.user.standing.has(Role.OFFICE):
        raise Http404
    return ObjectExport("objections", _t("公示异议"), OBJECTION_COLUMNS, handled_objections(request).queryset, query)


def _library(request: Any, query: str) -> Export:
    shelf, _schemes = chosen_shelf(request)
    found = library_listing(request, shelf).queryset
    return ObjectExport("library", _t("成果库"), library_columns(shelf), found, query)


LIST_EXPORTS: dict[str, Callable[[Any, str], Export]] = {
    "rounds": _rounds,
    "courses": _courses,
    "rulings": _rulings,
    "import_history": _imports,
    "people": _people,
    "appointments": _appointments,
    "objections": _objections,
    "library": _library,
}
