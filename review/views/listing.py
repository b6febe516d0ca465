"""What the two queue pages hand to their templates: rows as plain text, labels, the filter's fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.points import format_points
from portal.templatetags.portal import status_html
from review.desk.ages import waited
from review.desk.columns import COLUMNS, DENSITIES
from review.desk.dates import due_dates
from review.filters import WAITING
from review.views.rows import (
    Cell,
    Row,
    course,
    draw,
    due,
    linked,
    maybe,
    moment,
    pick,
    student,
    suggested,
    text,
    tick,
)

if TYPE_CHECKING:
    from portal.wording import Wording
    from review.desk.queues import Queue


#: The columns that can be chosen: class, content, order. Some stand before what the claim is about.
CHOSEN: dict[str, tuple[str, Callable[[Row], str], str]] = {
    "college": ("", text("college__name"), ""),
    "cohort": ("nowrap", text("cohort"), ""),
    "group": ("nowrap", text("student__class_group__name"), ""),
    "category": ("nowrap", text("category__name"), ""),
    "round": ("", maybe("round__name"), ""),
    "year": ("nowrap", text("academic_year"), ""),
    "receipt": ("nowrap", maybe("receipt_number"), ""),
    "submitted": ("nowrap", moment("submitted_at"), ""),
    "claimed": ("num", lambda row: row["claimed"], "points"),
    "suggested": ("num", suggested, ""),
    "recognised": ("num", lambda row: row["recognised"], ""),
    "due": ("nowrap", due, ""),
}
BEFORE = frozenset({"college", "cohort", "group", "category"})


def labels(wording: Wording) -> dict[str, Any]:
    """Return the words that stand in the head and again beside each value of a card; translated once a page."""
    return {
        "label_number": _("学生"),
        "label_college": _("学院"),
        "label_cohort": _("年级"),
        "label_group": _("班级"),
        "label_category": wording.get("category", _("申请类别")),
        "label_round": _("活动"),
        "label_year": _("学年"),
        "label_receipt": _("受理编号"),
        "label_content": wording.get("content", _("具体内容")),
        "label_submitted": _("提交时间"),
        "label_claimed": wording.get("claimed", _("申请积分")),
        "label_suggested": _("建议"),
        "label_recognised": wording.get("recognised", _("认定积分")),
        "label_due": _("审核期限"),
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
    waiting = queue.show == WAITING
    if queue.chain == "conversions":
        cells = application_cells(words, waiting=waiting, printing=printing)
    else:
        cells = claim_cells(words, queue.look.columns, waiting=waiting)
        if "due" in queue.look.columns:
            dates = due_dates(rows)
            for row in rows:
                row["due"] = dates.get(row["pk"])
    return {
        "queue": queue,
        "rows": rows,
        "cells": cells,
        "body": draw(rows, cells),
        "form": form,
        "printing": printing,
        **words,
    }


def look_choices(queue: Queue, words: dict[str, Any]) -> dict[str, list[tuple[str, Any, bool]]]:
    """Return what the page can look like: columns, densities, orders, each as value, label, whether it is so now."""
    orders = [("age", _("等待最久的在前")), ("-age", _("最近到达的在前")), ("number", _("按学号"))]
    orders += [("-points", _("申请积分高的在前")), ("points", _("申请积分低的在前"))]
    return {
        "columns": [(key, words[f"label_{key}"], key in queue.look.columns) for key in COLUMNS],
        "densities": [(key, label, key == queue.look.density) for key, label in DENSITIES.items()],
        "orders": [(key, label, key == queue.listing.sort) for key, label in orders] if queue.show == WAITING else [],
    }


def claim_cells(words: dict[str, str], columns: tuple[str, ...], *, waiting: bool) -> list[Cell]:
    """Return the columns of 申报审核: those chosen, between who it is and how long it waits or what state it is in."""
    end = Cell("nowrap", words["label_age"], text("waits"), sort="age")
    if not waiting:
        end = Cell("", words["label_status"], lambda row: row["badge"])
    chosen = {key: Cell(css, words[f"label_{key}"], html, sort) for key, (css, html, sort) in CHOSEN.items()}
    cells = [
        *([Cell("tick", "", tick)] if waiting else []),
        Cell("nowrap", words["label_number"], student, sort="number"),
        *(chosen[key] for key in columns if key in BEFORE),
        Cell("card-head", words["label_content"], linked(text("content"))),
        *(chosen[key] for key in columns if key not in BEFORE),
        end,
    ]
    return cells if waiting else [replace(cell, sort="") for cell in cells]


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
