"""The columns of a meeting's decisions, beside the rows that they are written from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from portal.spreadsheets import ExportColumn
from review.committee.bench import benches
from review.committee.scores import scores_of
from review.models import ItemOutcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from review.models import AgendaItem, Meeting

COLUMNS = (
    ExportColumn(_("序号"), "position", "number", 8),
    ExportColumn(_("受理编号"), "number", "text", 20),
    ExportColumn(_("学号"), "student_number", "text", 14),
    ExportColumn(_("姓名"), "student", "text", 12),
    ExportColumn(_("学院名称"), "college", "text", 20),
    ExportColumn(_("申请类别"), "category", "text", 14),
    ExportColumn(_("具体内容"), "content", "text", 40),
    ExportColumn(_("提请原因"), "escalated", "text", 24),
    ExportColumn(_("专家中位数"), "median", "decimal", 12),
    ExportColumn(_("同意"), "agree", "number", 8),
    ExportColumn(_("不同意"), "against", "number", 8),
    ExportColumn(_("弃权"), "abstain", "number", 8),
    ExportColumn(_("回避"), "recused", "number", 8),
    ExportColumn(_("决定"), "outcome", "text", 12),
    ExportColumn(_("认定分值"), "score", "decimal", 10),
    ExportColumn(_("认定积分"), "points", "decimal", 10),
    ExportColumn(_("理由"), "reason", "text", 40),
    ExportColumn(_("决定时间"), "decided_at", "datetime", 18),
)


def decision_rows(meeting: Meeting, items: list[AgendaItem]) -> Iterator[dict[str, Any]]:
    """Yield one row for each item, in the order of the agenda."""
    found, scores = benches(meeting, items), scores_of([item.claim for item in items])
    for item in items:
        claim, votes = item.claim, [seat.vote for seat in found[item.pk].seats if seat.vote is not None]
        ballots = [vote.ballot for vote in votes]
        yield {
            "position": item.position,
            "number": claim.receipt_number,
            "student_number": claim.student.person.number,
            "student": claim.student.person.name,
            "college": claim.college.name,
            "category": claim.category.name,
            "content": claim.content,
            "escalated": claim.escalated,
            "median": scores[claim.pk].median,
            "agree": ballots.count("for"),
            "against": ballots.count("against"),
            "abstain": ballots.count("abstain"),
            "recused": sum(vote.recused for vote in votes),
            "outcome": item.get_outcome_display(),
            "score": item.score,
            "points": claim.recognised_points if item.outcome == ItemOutcome.CONFIRMED else None,
            "reason": item.reason,
            "decided_at": item.decided_at,
        }
