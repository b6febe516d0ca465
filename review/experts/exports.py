"""The columns of the experts' exports: who was given what and how they scored; what each college delivered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from credits.models import Coverage
from credits.querysets import schemes_of
from portal.enums import Role
from portal.spreadsheets import ExportColumn
from review.experts.collating import Collation, collation_for
from review.exports import Export
from review.models import Assignment, AssignmentState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from portal.models import Person


def _state(row: dict[str, Any]) -> str:
    return str(AssignmentState(row["state"]).label)


ASSIGNMENT_COLUMNS = (
    ExportColumn(_("受理编号"), "claim__receipt_number", "text", 20),
    ExportColumn(_("活动名称"), "claim__round__name", "text", 24),
    ExportColumn(_("学院名称"), "claim__college__name", "text", 18),
    ExportColumn(_("申请类别"), "claim__category__name", "text", 14),
    ExportColumn(_("具体内容"), "claim__content", "text", 40),
    ExportColumn(_("专家工号"), "expert__number", "text", 14),
    ExportColumn(_("专家姓名"), "expert__name", "text", 12),
    ExportColumn(_("轮次"), "turn", "number", 8),
    ExportColumn(_("状态"), _state, "text", 10),
    ExportColumn(_("评分"), "score", "decimal", 10),
    ExportColumn(_("建议计分方式"), "method", "text", 14),
    ExportColumn(_("意见或理由"), "comment", "text", 40),
    ExportColumn(_("提请委员会"), "claim__escalated", "text", 30),
    ExportColumn(_("分配时间"), "assigned_at", "datetime", 18),
    ExportColumn(_("完成时间"), "answered_at", "datetime", 18),
)


def assignments_of(person: Person) -> QuerySet[Assignment]:
    """Return the tasks whose experts and scores the person may read: those of the office's and the auditor's schemes.

    Who scores a claim too learns nothing of the others' scores while it is open.
    """
    found = Assignment.objects.filter(schemes_of(person, [Role.OFFICE, Role.AUDITOR], "claim__scheme__"))
    own = Assignment.objects.at_hand().counting().filter(expert=person).values("claim")
    return found.exclude(claim__in=own).order_by("claim_id", "turn", "pk")


def assignments_export(person: Person, query: str) -> Export:
    """Return the export of all tasks."""
    return Export("assignments", _t("专家评审"), ASSIGNMENT_COLUMNS, assignments_of(person), query)


COLLATION_COLUMNS = (
    ExportColumn(_("学院代码"), "code", "text", 12),
    ExportColumn(_("学院名称"), "college", "text", 24),
    ExportColumn(_("申报数"), "total", "number", 10),
    ExportColumn(_("待初审"), "to_review", "number", 10),
    ExportColumn(_("其中逾期"), "late", "number", 10),
    ExportColumn(_("初审通过"), "passed", "number", 10),
    ExportColumn(_("退回学生"), "returned", "number", 10),
    ExportColumn(_("未通过"), "refused", "number", 10),
    ExportColumn(_("待转入评审"), "waiting", "number", 12),
    ExportColumn(_("报送时间"), "delivered_at", "datetime", 18),
    ExportColumn(_("报送人"), "delivered_by", "text", 12),
    ExportColumn(_("说明"), "note", "text", 30),
)
FIGURES = ("total", "to_review", "late", "passed", "returned", "refused", "waiting")


@dataclass(frozen=True, slots=True)
class CollationExport(Export):
    """The table of a round; its rows are counted, not stored."""

    collation: Collation | None

    def rows(self) -> Iterator[dict[str, Any]]:
        """Return one row for each college."""
        for row in self.collation.rows if self.collation else []:
            delivery = row.delivery
            yield {
                "code": row.college.code,
                "college": row.college.name,
                **{name: getattr(row, name) for name in FIGURES},
                "delivered_at": delivery.delivered_at if delivery else None,
                "delivered_by": delivery.delivered_by.name if delivery else "",
                "note": delivery.note if delivery else "",
            }


def collation_export(request: Any, query: str) -> Export:
    """Return the export of the round that the address names."""
    found = collation_for(request.user, request.GET.get("round", ""))
    what = _t("学院报送")
    title = f"{found.round.name}-{what}" if found else what
    colleges = Coverage.objects.filter(scheme=found.round.scheme_id) if found else Coverage.objects.none()
    return CollationExport("collation", title, COLLATION_COLUMNS, colleges, query, found)
