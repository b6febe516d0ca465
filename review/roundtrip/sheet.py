"""The sheet: facts that are locked, three columns to decide in, and the token that says which claim a row is."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from credits.evaluation import fields_for
from credits.stages import stage_of
from portal.points import format_points
from portal.spreadsheets import Column, SheetSpec
from review.desk.reviewing import fact_rows, proposed_points, span_of

if TYPE_CHECKING:
    from credits.models import Claim
    from portal.wording import Wording

#: What one workbook holds; the next one takes what is left.
MOST = 1000
#: Rows may be added by mistake; they are named one by one up to here.
READ_MOST = 2 * MOST
REASON_LENGTH = 1000
DECISION, POINTS, REASON = "decision", "points", "reason"
TYPED = (DECISION, POINTS, REASON)
REVISION, TOKEN = "revision", "token"


def decisions() -> dict[str, object]:
    """Return what can be chosen, and the verb that each means."""
    return {_("通过"): "approve", pgettext("verb", "退回修改"): "return", _("不予通过"): "refuse"}


def decision_sheet(words: Wording) -> SheetSpec:
    """Return what the workbook looks like, in the words of the person's scheme."""
    suggested = _("建议%(points)s") % {"points": words.get("points_short", _("积分"))}
    recognised = words.get("recognised", _("认定积分"))
    return SheetSpec(
        title=_("审核"),
        columns=(
            Column("number", _("学号"), "code", max_length=32, width=14),
            Column("name", _("姓名"), max_length=64, width=10),
            Column("college", _("学院名称"), max_length=64, width=18),
            Column("group", _("班级"), max_length=64, width=12),
            Column("category", words.get("category", _("申请类别")), max_length=64, width=12),
            Column("content", words.get("content", _("具体内容")), width=40),
            Column("details", _("填报信息"), max_length=4000, width=40),
            Column("stage", _("审核环节"), max_length=64, width=12),
            Column("claimed", words.get("claimed", _("申请积分")), "decimal", width=10),
            Column("suggested", suggested, "decimal", width=10),
            Column("range", _("分值范围"), max_length=32, width=10),
            Column("proposed", _("当前分值"), "decimal", width=10),
            Column(DECISION, _("审核决定"), "choice", choices=decisions(), required=False, width=12),
            Column(POINTS, recognised, "decimal", width=12),
            Column(REASON, _("理由或意见"), max_length=REASON_LENGTH, width=40),
            Column(REVISION, _("版本"), "number", width=6),
            Column(TOKEN, _("行凭证"), required=True, max_length=200, width=8),
        ),
        max_rows=READ_MOST,
    )


def tokens_only(words: Wording) -> SheetSpec:
    """Return the same sheet as far as its tokens: whose row it is that cannot be read otherwise."""
    whole = decision_sheet(words)
    return SheetSpec(title=whole.title, columns=(whole.column(TOKEN),), max_rows=whole.max_rows)


def locked_values(claim: Claim) -> dict[str, Any]:
    """Return the locked cells of a claim's row, as written and as compared."""
    student, data, code = claim.student, claim.scheme_version.data, claim.category.code
    fields = fields_for(data, code, claim.college.code, facts=claim.facts, asked_of=("student", "library", "reviewer"))
    stage, span = stage_of(claim.scheme_version, claim.stage), span_of(claim.trace)
    return {
        "number": student.person.number,
        "name": student.person.name,
        "college": claim.college.name,
        "group": student.class_group.name if student.class_group else "",
        "category": claim.category.name,
        "content": claim.content,
        "details": _("；").join(_("：").join(pair) for pair in fact_rows(claim.facts, fields)),
        "stage": stage.name if stage else "",
        "claimed": claim.claimed_points,
        "suggested": claim.suggested_points,
        "range": f"{span[0]}~{span[1]}" if span else "",
        "proposed": proposed_points(claim),
        REVISION: claim.revision,
    }


def is_same(kept: Any, found: Any) -> bool:
    """Whether a cell still says what was written there, however a spreadsheet rewrote it."""
    return plain(kept) == plain(found)


def plain(value: Any) -> str:
    """Return a cell's value as a message shows it."""
    if isinstance(value, Decimal):
        return format_points(value)
    return " ".join(unicodedata.normalize("NFC", "" if value is None else str(value)).split())
