"""The ready-made reports by name, and each as an export: columns, masks, job and event are those of every list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.enums import Role
from portal.snapshots import at_one_moment
from review.exports import Export
from review.reports.asking import REPORTERS, WHOLE, asked_by
from review.reports.figures import claim_figures, cohort_points, deliveries, student_points
from review.reports.registers import notices, publicity, register

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet

    from portal.models import Person
    from portal.spreadsheets import ExportColumn
    from review.reports.asking import Asked

PREFIX = "report_"
Build = Callable[["Asked"], tuple[tuple["ExportColumn", ...], "QuerySet", Callable[[], "Iterable[Any]"]]]


@dataclass(frozen=True, slots=True)
class Report:
    """One kind of report: what it is called and tells, what it can be narrowed by, for whom it is."""

    code: str
    title: str | Promise
    about: str | Promise
    parameters: tuple[str, ...]
    build: Build
    roles: tuple[Role, ...] = tuple(REPORTERS)

    def is_for(self, person: Person) -> bool:
        """Whether the person may ask for it at all."""
        return person.standing.has(*self.roles)


@dataclass(frozen=True, slots=True)
class ReportExport(Export):
    """A report as a file: every row as it stood at the moment that its name and its sheet bear."""

    read: Callable[[], Iterable[Any]]

    @property
    def name(self) -> str:
        """Return the file's name: the title bears the moment already."""
        return f"{self.title}.{self.suffix}"

    def rows(self) -> Iterator[dict[str, Any]]:
        """Return the rows of one moment."""
        return at_one_moment(self.read)


REPORTS = {
    report.code: report
    for report in (
        Report(
            "claims",
            _("申报统计表"),
            _("各学院、各类别的申报数，按审核状态分列，附认定合计。"),
            ("year", "round", "cohort", "college"),
            claim_figures,
        ),
        Report(
            "students",
            _("学生认定汇总表"),
            _("每名学生各类别的认定值和总计，含没有认定结果的学生。"),
            ("cohort", "college"),
            student_points,
        ),
        Report(
            "cohorts",
            _("年级认定汇总表"),
            _("各学院各年级的学生数、有认定结果的学生数、总计和人均。"),
            ("cohort", "college"),
            cohort_points,
        ),
        Report(
            "register",
            _("成绩登记表"),
            _("审核通过的课程转换及成绩，或已生效的冲抵及文号，按教务登记的格式。"),
            ("cohort", "college"),
            register,
        ),
        Report(
            "deliveries",
            _("学院审核与报送情况表"),
            _("每个活动各学院收到多少申报、还有多少待审核、是否逾期、何时报送。"),
            ("year", "round", "college"),
            deliveries,
        ),
        Report(
            "publicity",
            _("公示名单"),
            _("已发布的公示名单逐条列出，学号部分隐藏，附公示期和内容摘要。"),
            ("year", "round"),
            publicity,
            tuple(WHOLE),
        ),
        Report(
            "notices",
            _("发文目录"),
            _("正式发文的文号、日期、对应的公示和生效时间。"),
            ("year", "round"),
            notices,
            tuple(WHOLE),
        ),
    )
}


def reports_for(person: Person) -> list[Report]:
    """Return the reports that the person may ask for."""
    return [report for report in REPORTS.values() if report.is_for(person)]


def report_for(person: Person, code: str) -> Report:
    """Return one report; ``Http404`` for one that is not for the person."""
    report = REPORTS.get(code)
    if report is None or not report.is_for(person):
        raise Http404
    return report


def report_export(code: str) -> Callable[[Any, str], Export]:
    """Return what makes the report's export of an address."""

    def build(request: Any, query: str) -> Export:
        report = report_for(request.user, code)
        asked = asked_by(request, report.parameters)
        columns, counted, read = report.build(asked)
        moment = f"{timezone.localtime():%Y-%m-%d %H%M}"
        title = f"{report.title} {moment}"
        return ReportExport(f"{PREFIX}{code}", title, columns, counted, query, read)

    return build
