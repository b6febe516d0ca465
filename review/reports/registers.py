"""Reports that list: conversions and offsets for the registry, publicity lists, formal notices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, OuterRef, Subquery
from django.utils.translation import gettext as _

from conversion.models import Application, Form
from conversion.models.forms import FormState
from portal.enums import Status
from portal.spreadsheets import ExportColumn
from review.exports import CHUNK
from review.models import FormalNotice, PublicityEntry, PublicityList
from review.models.publicity import EntryState, ListState
from review.summaries.grades import COLUMNS, OFFSET_COLUMNS, kind_names, named_kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from review.reports.asking import Asked

OF_APPLICATIONS = {"cohort": "cohort", "college": "college"}
OF_LISTS = {"round": "list__round", "year": "list__round__academic_year"}
LIVE = [ListState.PUBLISHED, ListState.NOTICED]


def register(asked: Asked) -> tuple[tuple[ExportColumn, ...], QuerySet, Any]:
    """List what was approved in the registry's form: conversions with their grades, or offsets with their notices."""
    offsets = bool(asked.data and asked.data.conversion.offsets)
    forms = Form.objects.filter(application=OuterRef("pk"), state=FormState.VALID)
    found = Application.objects.in_reach_of(asked.person).filter(scheme=asked.scheme, status=Status.RECOGNISED)
    found = asked.narrow(found, OF_APPLICATIONS).annotate(
        form_number=Subquery(forms.values("number")[:1]), filed_at=Subquery(forms.values("filing__filed_at")[:1])
    )
    columns = OFFSET_COLUMNS if offsets else COLUMNS
    found = found.exclude(course_kind="") if offsets else found.filter(course_kind="")
    if offsets:
        found = found.annotate(kind_name=named_kind(kind_names([asked.scheme])))
    found = found.order_by("course__code", "student__person__number", "pk")
    fields = [column.value for column in columns if isinstance(column.value, str)]
    return columns, found, lambda: found.values(*fields).iterator(chunk_size=CHUNK)


def publicity(asked: Asked) -> tuple[tuple[ExportColumn, ...], QuerySet, Any]:
    """List every line of the scheme's published lists as everybody could read it: numbers masked."""
    lists = PublicityList.objects.visible_to(asked.person).filter(scheme=asked.scheme, state__in=LIVE)
    found = PublicityEntry.objects.filter(list__in=lists.order_by().values("pk"))
    found = asked.narrow(found, OF_LISTS).order_by("list_id", "position")

    def rows() -> Iterator[dict[str, Any]]:
        fields = ("position", "name", "number", "college", "cohort", "item", "score", "state")
        of_list = ("list__title", "list__opens_at", "list__closes_at", "list__sha256")
        for row in found.values(*fields, *of_list).iterator(chunk_size=CHUNK):
            yield {**row, "state": str(EntryState(row["state"]).label)}

    columns = (
        ExportColumn(_("公示"), "list__title", "text", 30),
        ExportColumn(_("公示开始"), "list__opens_at", "datetime", 18),
        ExportColumn(_("公示结束"), "list__closes_at", "datetime", 18),
        ExportColumn(_("序号"), "position", "number", 8),
        ExportColumn(_("姓名"), "name", "text", 12),
        ExportColumn(_("学号"), "number", "text", 14),
        ExportColumn(_("学院名称"), "college", "text", 22),
        ExportColumn(_("年级"), "cohort", "number", 8),
        ExportColumn(_("项目"), "item", "text", 40),
        ExportColumn(_("分值"), "score", "decimal", 10),
        ExportColumn(_("状态"), "state", "text", 12),
        ExportColumn(_("内容摘要"), "list__sha256", "text", 30),
    )
    return columns, found, rows


def notices(asked: Asked) -> tuple[tuple[ExportColumn, ...], QuerySet, Any]:
    """List the scheme's formal notices: number, list, how many lines it names, since when they are effective."""
    lists = PublicityList.objects.visible_to(asked.person).filter(scheme=asked.scheme)
    found = FormalNotice.objects.filter(list__in=lists.order_by().values("pk"))
    found = asked.narrow(found, OF_LISTS).annotate(entries=Count("list__entries")).order_by("issued_on", "pk")
    columns = (
        ExportColumn(_("文号"), "number", "text", 24),
        ExportColumn(_("标题"), "title", "text", 30),
        ExportColumn(_("发文日期"), "issued_on", "date", 12),
        ExportColumn(_("发文人"), "issued_by__name", "text", 12),
        ExportColumn(_("公示"), "list__title", "text", 30),
        ExportColumn(_("活动名称"), "list__round__name", "text", 24),
        ExportColumn(_("公示条数"), "entries", "number", 10),
        ExportColumn(_("生效时间"), "effective_at", "datetime", 18),
        ExportColumn(_("内容摘要"), "sha256", "text", 30),
    )
    fields = [column.value for column in columns if isinstance(column.value, str)]
    return columns, found, lambda: found.values(*fields).iterator(chunk_size=CHUNK)
