"""What the two queue pages hand to their templates: rows as plain text, labels, the filter's fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.points import format_points
from portal.templatetags.portal import status_html
from review.desk.ages import waited
from review.filters import WAITING
from review.views.rows import Cell, course, draw, linked, pick, student, suggested, text, tick

if TYPE_CHECKING:
    from portal.wording import Wording
    from review.desk.queues import Queue


def labels(wording: Wording) -> dict[str, Any]:
    """Return the words that stand in the head and again beside each value of a card; translated once a page."""
    return {
        "label_number": _("学生"),
        "label_group": _("班级"),
        "label_category": _("申请类别"),
        "label_claimed": wording.get("claimed", _("申请积分")),
        "label_suggested": _("建议"),
        "label_recognised": wording.get("recognised", _("认定积分")),
        "label_age": _("已等待"),
        "label_status": _("审核状态"),
        "label_term": _("学年学期"),
        "label_course": _("课程"),
        "label_total": wording.get("application_total", _("转换积分")),
        "label_grade": _("成绩"),
    }


def queue_context(queue: Queue, route: str, wording: Wording, *, printing: bool = False) -> dict[str, Any]:
    """Return the page's context. The rows are prepared here, so that the template's loop only writes text."""
    form: Any = queue.listing.form
    pattern = reverse(route, args=[0])
    head, _zero, tail = pattern.rpartition("0")
    tail = f"{tail}?{queue.query}" if queue.query else tail
    language = get_language() or ""
    today, days = _("今天"), _("%s 天")
    words = labels(wording)
    rows = [
        {
            **row,
            "href": f"{head}{row['pk']}{tail}",
            "claimed": _points(row.get("claimed_points")),
            "suggested": _points(row.get("suggested_points")),
            "recognised": _points(row.get("recognised_points")),
            "points": _points(row.get("total")),
            "differs": row.get("suggested_points") not in {None, row.get("claimed_points")},
            "waits": days % gone if (gone := waited(row["stage_entered_at"])) else today,
            "badge": status_html(row["status"], False, language),  # noqa: FBT003 - the cache's key is positional
        }
        for row in queue.listing.rows
    ]
    cells = claim_cells(words, waiting=queue.show == WAITING)
    if queue.chain == "conversions":
        cells = application_cells(words, waiting=queue.show == WAITING, printing=printing)
    return {
        "queue": queue,
        "rows": rows,
        "body": draw(rows, cells),
        "form": form,
        "printing": printing,
        **words,
    }


def claim_cells(words: dict[str, str], *, waiting: bool) -> list[Cell]:
    """Return the columns of 申报审核; what waits can be ticked and says how long, everything else has a state."""
    end = Cell("nowrap", words["label_age"], text("waits"))
    if not waiting:
        end = Cell("", words["label_status"], lambda row: row["badge"])
    return [
        *([Cell("tick", "", tick)] if waiting else []),
        Cell("nowrap", words["label_number"], student),
        Cell("nowrap", words["label_group"], text("student__class_group__name")),
        Cell("nowrap", words["label_category"], text("category__name")),
        Cell("card-head", "", linked(text("content"))),
        Cell("num", words["label_claimed"], lambda row: row["claimed"]),
        Cell("num", words["label_suggested"], suggested),
        Cell("num", words["label_recognised"], lambda row: row["recognised"]),
        end,
    ]


def application_cells(words: dict[str, str], *, waiting: bool, printing: bool = False) -> list[Cell]:
    """Return the columns of 转换审核; whose form is to be printed can be ticked."""
    end = Cell("nowrap", words["label_age"], text("waits"))
    if not waiting:
        end = Cell("", words["label_status"], lambda row: row["badge"])
    return [
        *([Cell("tick", "", pick)] if printing else []),
        Cell("card-head", "", linked(student)),
        Cell("nowrap", words["label_group"], text("student__class_group__name")),
        Cell("nowrap", words["label_term"], text("offering__term__code")),
        Cell("", words["label_course"], course),
        Cell("num", words["label_total"], lambda row: row["points"]),
        Cell("", words["label_grade"], text("grade")),
        end,
    ]


def _points(value: Any) -> str:
    return "—" if value is None else format_points(value)
