"""What the two queue pages hand to their templates: rows as plain text, labels, the filter's fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.points import format_points
from portal.templatetags.portal import status_html
from review.desk.ages import waited

if TYPE_CHECKING:
    from review.desk.queues import Queue


def labels() -> dict[str, str]:
    """Return the words that stand in the head and again beside each value of a card; translated once a page."""
    return {
        "label_number": _("学生"),
        "label_group": _("班级"),
        "label_category": _("申请类别"),
        "label_claimed": _("申请积分"),
        "label_suggested": _("建议积分"),
        "label_recognised": _("认定积分"),
        "label_age": _("已等待"),
        "label_status": _("审核状态"),
        "label_term": _("学年学期"),
        "label_course": _("课程"),
        "label_total": _("转换积分"),
        "label_grade": _("成绩"),
    }


def queue_context(queue: Queue, route: str) -> dict[str, Any]:
    """Return the page's context. The rows are prepared here, so that the template's loop only writes text."""
    form: Any = queue.listing.form
    pattern = reverse(route, args=[0])
    head, _zero, tail = pattern.rpartition("0")
    tail = f"{tail}?{queue.query}" if queue.query else tail
    language = get_language() or ""
    today, days = _("今天"), _("%s 天")
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
    return {
        "queue": queue,
        "rows": rows,
        "main": [form[name] for name in form.main],
        "more": [form[name] for name in form.more],
        "more_open": any(form.data.get(name) for name in (*form.more, *form.main[1:])),
        **labels(),
    }


def _points(value: Any) -> str:
    return "—" if value is None else format_points(value)
