"""What a student takes away: the columns beside the rows that the page shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from portal.enums import Status
from portal.spreadsheets import ExportColumn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from decimal import Decimal

    from credits.academic_record import AcademicRecord, Item
    from portal.models import Student
    from portal.wording import Wording


def point_columns(words: Wording, student: Student) -> list[ExportColumn]:
    """Return the columns of the query page, in its order; what the student is comes from the roll."""
    person = student.person
    return [
        ExportColumn(_("序号"), "place", "number", 8),
        ExportColumn(_("学年"), "academic_year", "text"),
        ExportColumn(_("学院名称"), "college__name", "text", 18),
        ExportColumn(_("年级"), "cohort", "number", 8),
        ExportColumn(_("专业名称"), lambda _row: student.major.name, "text", 20),
        ExportColumn(_("班级"), lambda _row: student.class_group.name, "text"),
        ExportColumn(_("学号"), lambda _row: person.number, "text"),
        ExportColumn(_("姓名"), lambda _row: person.name, "text"),
        ExportColumn(words["category"], "category__name", "text"),
        ExportColumn(words["content"], "content", "text", 44),
        ExportColumn(words["claimed"], "claimed_points", "decimal", 10),
        ExportColumn(words["recognised"], counted_points, "decimal", 10),
        ExportColumn(words["evidence"], "files", "number", 10),
        ExportColumn(_("审核状态"), "state", "text"),
    ]


def statement_columns(words: Wording) -> list[ExportColumn]:
    """Return the columns of the statement; a row is an account with one of its bookings."""
    return [
        ExportColumn(words["content"], lambda row: row[0].lot.claim.content, "text", 44),
        ExportColumn(words["category"], lambda row: row[0].lot.category.name, "text"),
        ExportColumn(_("时间"), lambda row: row[1].entry.at, "datetime", 18),
        ExportColumn(_("类型"), lambda row: row[1].entry.get_kind_display(), "text"),
        ExportColumn(words["points_short"], lambda row: row[1].entry.points, "decimal", 10),
        ExportColumn(_("可用变化"), lambda row: row[1].change, "decimal", 10),
        ExportColumn(_("可用余额"), lambda row: row[1].usable, "decimal", 10),
    ]


def counted_points(row: Mapping[str, Any]) -> Decimal | None:
    """Return the recognised points of a row; what is not recognised has none."""
    return row["recognised_points"] if row["status"] == Status.RECOGNISED else None


def numbered(rows: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Give every row the number and the state's word that the page shows."""
    for place, row in enumerate(rows, start=1):
        yield {**row, "place": place, "state": str(Status(row["status"]).label)}


def record_columns(words: Mapping[str, Any], student: Student) -> list[ExportColumn]:
    """Return the columns of the academic record; a row is a record's scheme with one of its items."""
    return [
        ExportColumn(_("学号"), lambda _row: student.person.number, "text"),
        ExportColumn(_("姓名"), lambda _row: student.person.name, "text"),
        ExportColumn(_("认定办法"), lambda row: row[0].scheme.name, "text", 22),
        ExportColumn(words["category"], lambda row: row[1].category_name, "text", 18),
        ExportColumn(words["content"], lambda row: row[1].title, "text", 44),
        ExportColumn(_("学年"), lambda row: row[1].academic_year, "text"),
        ExportColumn(words["recognised"], lambda row: row[1].points, "decimal", 10),
        ExportColumn(_("计入"), lambda row: row[1].counted, "decimal", 10),
        ExportColumn(_("生效日期"), lambda row: row[1].effective_on, "date", 12),
        ExportColumn(_("文号"), lambda row: row[1].notice, "text", 24),
        ExportColumn(_("说明"), lambda row: row[1].why, "text", 40),
    ]


def record_rows(records: Iterable[AcademicRecord]) -> Iterator[tuple[AcademicRecord, Item]]:
    """Return the items of all records."""
    return ((record, item) for record in records for item in record.items)
