"""What the two queue pages hand to their templates: rows as plain text, labels, the filter's fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from conversion.models import Relevance
from portal.points import format_points
from portal.statements import KeptStatement
from portal.templatetags.portal import status_html
from review.desk.ages import waited
from review.desk.columns import DENSITIES, Look, with_look
from review.desk.dates import due_dates
from review.desk.queues import QUEUES, Queue
from review.filters import WAITING
from review.forms import ViewName
from review.models import SavedView
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
    from portal.requests import SignedInRequest
    from portal.wording import Wording

Listed = TypeVar("Listed", bound=Queue)
#: What a college judged, for rows that are read as plain values.
RELEVANCE: dict[str, Any] = {choice.value: choice.label for choice in Relevance}
#: The columns that can be chosen: class, content, order. Some stand before what the row is about.
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
    "due": ("nowrap", lambda row: row["left"], ""),
    "term": ("nowrap", text("offering__term__code"), ""),
    "credits": ("num", lambda row: row["credits"], ""),
    "total": ("num", lambda row: row["points"], "points"),
    "grade": ("", maybe("grade"), ""),
    "relevance": ("", lambda row: str(RELEVANCE.get(row["relevance"], "—")), ""),
}
VIEWS = KeptStatement(
    lambda pk, queue: SavedView.objects.filter(person=pk).of(queue).values_list("name", "query"), 987_654_321, "queue"
)
BEFORE = frozenset({"college", "cohort", "group", "category", "term"})


@lru_cache(maxsize=64)
def labels(wording: Wording, _language: str) -> dict[str, Any]:
    """Return the words that stand in the head and again beside each value of a card; translated once a process."""
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
        "label_credits": _("课程学分"),
        "label_relevance": _("专业相关性"),
    }


def opened(request: SignedInRequest, kind: type[Listed]) -> tuple[Listed, dict[str, Any]]:
    """Return a queue as its person wants to see it, and what its page says of views and looks."""
    views = [{"name": name, "query": query} for name, query in VIEWS.rows(request.user.pk, kind.name)]
    remembered = next((view["query"] for view in views if not view["name"]), "")
    # Every link of the page then says how the list looks.
    request.GET = with_look(request.GET, remembered)  # type: ignore[assignment]  # nobody changes it any more
    named = [view for view in views if view["name"]]
    return kind(request), {"views": named, "remembered": remembered, "view_name": ViewName()}


def queue_context(queue: Queue, route: str, wording: Wording, *, printing: bool = False) -> dict[str, Any]:
    """Return the page's context. The rows are prepared here, so that the template's loop only writes text."""
    form: Any = queue.listing.form
    pattern = reverse(route, args=[0])
    head, _zero, tail = pattern.rpartition("0")
    tail = f"{tail}?{queue.query}" if queue.query else tail
    language = get_language() or ""
    now, today, days = timezone.localdate(), _("今天"), _("%s 天")
    words = labels(wording, language)
    rows = [
        {
            **row,
            "href": f"{head}{row['pk']}{tail}",
            "claimed": _points(row.get("claimed_points")),
            "suggested": _points(row.get("suggested_points")),
            "recognised": _points(row.get("recognised_points")),
            "points": _points(row.get("total")),
            "credits": _points(row.get("course__credits")),
            "differs": row.get("suggested_points") not in {None, row.get("claimed_points")},
            "waits": days % gone if (gone := waited(row["stage_entered_at"], now)) else today,
            "badge": status_html(row["status"], False, language),  # noqa: FBT003 - the cache's key is positional
        }
        for row in queue.listing.rows
    ]
    if "due" in queue.look.columns:
        dates = due_dates(rows)
        # The rows of a round share their date.
        said = {date: due(date) for date in {None, *dates.values()}}
        for row in rows:
            row["due"] = dates.get(row["pk"])
            row["left"] = said[row["due"]]
    cells = cells_of(queue, words, printing=printing)
    return {
        "queue": queue,
        "rows": rows,
        "cells": cells,
        "body": draw(rows, cells),
        "form": form,
        "look": drawn_look(queue.name, queue.look, _sort_of(queue), wording, language),
        "printing": printing,
        **words,
    }


@lru_cache(maxsize=256)
def drawn_look(name: str, look: Look, sort: str, wording: Wording, language: str) -> SafeString:
    """Return the choice of what the page looks like; ``sort`` is empty where the order cannot be chosen.

    Its forty choices through the template cost more than the rows of the list.
    """
    choices = look_choices(QUEUES[name], look, sort, labels(wording, language))
    return mark_safe(render_to_string("review/_look_choices.html", choices))  # noqa: S308 - our own template


def _sort_of(queue: Queue) -> str:
    return queue.listing.sort if queue.show == WAITING else ""


def look_choices(
    kind: type[Queue], look: Look, sort: str, words: dict[str, Any]
) -> dict[str, list[tuple[str, Any, bool]]]:
    """Return what the page can look like: columns, densities, orders, each as value, label, whether it is so now."""
    points = {"points": words["label_claimed" if kind.chain == "claims" else "label_total"]}
    orders = [("age", _("等待最久的在前")), ("-age", _("最近到达的在前")), ("number", _("按学号"))]
    orders += [("-points", _("%(points)s高的在前") % points), ("points", _("%(points)s低的在前") % points)]
    return {
        "columns": [(key, words[f"label_{key}"], key in look.columns) for key in kind.table.fields],
        "densities": [(key, label, key == look.density) for key, label in DENSITIES.items()],
        "orders": [(key, label, key == sort) for key, label in orders] if sort else [],
    }


def cells_of(queue: Queue, words: dict[str, str], *, printing: bool = False) -> list[Cell]:
    """Return the columns: who, those chosen around what it is about, and at last how long it waits or its state.

    Claims that wait can be ticked for a batch, conversions for ``printing`` their forms.
    """
    waiting = queue.show == WAITING
    chosen = {key: Cell(css, words[f"label_{key}"], html, sort) for key, (css, html, sort) in CHOSEN.items()}
    cells = [
        *_beginning(queue, words, printing=printing),
        *(chosen[key] for key in queue.look.columns if key in BEFORE),
        _subject(queue, words),
        *(chosen[key] for key in queue.look.columns if key not in BEFORE),
        Cell("nowrap", words["label_age"], text("waits"), sort="age")
        if waiting
        else Cell("", words["label_status"], lambda row: row["badge"]),
    ]
    return cells if waiting else [replace(cell, sort="") for cell in cells]


def _beginning(queue: Queue, words: dict[str, str], *, printing: bool) -> list[Cell]:
    """Return the box to tick, where there is one, and the student: a conversion is called by that."""
    if queue.chain == "claims":
        who = Cell("nowrap", words["label_number"], student, sort="number")
        return [Cell("tick", "", tick), who] if queue.show == WAITING else [who]
    who = Cell("card-head", words["label_number"], linked(student), sort="number")
    return [Cell("tick", "", pick), who] if printing else [who]


def _subject(queue: Queue, words: dict[str, str]) -> Cell:
    """Return what the row is about: a claim is called by that."""
    if queue.chain == "claims":
        return Cell("card-head", words["label_content"], linked(text("content")))
    return Cell("", words["label_course"], course)


def _points(value: Any) -> str:
    return "—" if value is None else format_points(value)
