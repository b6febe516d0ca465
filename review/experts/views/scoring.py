"""An expert's pages: the list of tasks, the page on which one is scored, and the way to the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.middleware import typed_words
from portal.points import format_points
from portal.workflow import StaleSubject
from review.experts.access import experts_only
from review.experts.forms import AbstainForm, ScoreForm
from review.experts.reviewing import task_context, tasks_to_open
from review.experts.tasks import TaskList, deadline_of, next_task, progress
from review.models import Assignment
from review.services.scoring import abstain, score_claim

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.requests import SignedInRequest


@experts_only
@require_safe
def expert_desk(request: SignedInRequest) -> HttpResponse:
    """List the expert's tasks with what is done and what waits."""
    tasks = TaskList(request)
    context = {
        "tasks": tasks,
        "rows": [(task, deadline_of(task.claim)) for task in tasks.listing.rows],
        "progress": progress(request.user),
    }
    return render(request, "review/experts/desk.html", context)


@experts_only
@require_safe
def expert_first(request: SignedInRequest) -> HttpResponse:
    """Lead to the first task that waits."""
    return _go_on(next_task(request.user))


@experts_only
@require_safe
def expert_task(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one task: evidence, facts, range, precedents, and the score."""
    return _page(request, _get(request, pk))


@experts_only
@require_POST
def expert_score(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give or change the score, then lead to the next task."""
    task = _opened(request, pk)
    if task is None:
        return _settled(request)
    form = ScoreForm(task, request.POST)
    if not form.is_valid():
        return _page(request, task, form=form, status=422)
    following = next_task(request.user, task)
    try:
        asked = form.cleaned_data
        words = {"comment": asked["comment"], "method": asked.get("method", "")}
        score_claim(task, request.user, score=asked["score"], **words)
    except StaleSubject:
        return _settled(request, task)
    except ValidationError as error:
        form.take(error)
        return _page(request, task, form=form, status=422)
    text = _("已评 %(score)s：%(name)s · %(content)s")
    values = {"score": format_points(asked["score"]), "name": task.claim.student.person.name}
    messages.success(request, text % {**values, "content": task.claim.content})
    return _go_on(following)


@experts_only
@require_POST
def expert_abstain(request: SignedInRequest, pk: int) -> HttpResponse:
    """Step back from a task with the reason, then lead to the next one."""
    task = _opened(request, pk)
    if task is None:
        return _settled(request)
    form = AbstainForm(request.POST)
    if not form.is_valid():
        return _page(request, task, abstaining=form, status=422)
    following = next_task(request.user, task)
    try:
        abstain(task, request.user, reason=form.cleaned_data["reason"])
    except StaleSubject:
        return _settled(request, task)
    messages.success(request, _("已回避：%(content)s") % {"content": task.claim.content})
    return _go_on(following)


def _get(request: SignedInRequest, pk: int) -> Assignment:
    return get_object_or_404(tasks_to_open(request.user), pk=pk)


def _opened(request: SignedInRequest, pk: int) -> Assignment | None:
    """Return an own task, None for one that has ended since its page was opened, 404 for everybody else's."""
    found: Assignment | None = tasks_to_open(request.user).filter(pk=pk).first()
    if found is None:
        get_object_or_404(Assignment, pk=pk, expert=request.user)
    return found


def _go_on(task: Assignment | None) -> HttpResponse:
    if task is None:
        return redirect("review:expert_desk")
    return redirect("review:expert_task", pk=task.pk)


def _settled(request: SignedInRequest, task: Assignment | None = None) -> HttpResponse:
    """Say that the result stands without saying who was last: experts do not learn of each other.

    Of a task that is the expert's no longer the page tells nothing but what was typed.
    """
    context = {"task": task, "typed": typed_words(request)}
    return render(request, "review/experts/settled.html", context, status=409)


def _page(
    request: SignedInRequest,
    task: Assignment,
    *,
    form: ScoreForm | None = None,
    abstaining: AbstainForm | None = None,
    status: int = 200,
) -> HttpResponse:
    address = reverse("review:expert_task", args=[task.pk])
    context = task_context(task, request.user, opened=request.GET.get("file", ""), address=address)
    context |= {
        "form": form or ScoreForm(task),
        "abstaining": abstaining or AbstainForm(),
    }
    return render(request, "review/experts/task.html", context, status=status)
