"""转换审核: the queue of conversion applications and the page on which one is decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from conversion.rules import FILERS
from conversion.services.decisions import (
    approve_application,
    refuse_application,
    return_application,
    revoke_application,
)
from conversion.services.forms import reissue_form
from conversion.services.offsets import judges_relevance
from portal.enums import Status
from portal.listing import narrowed
from portal.masking import masked
from portal.wording import wording_for
from portal.workflow import StaleSubject
from review.access import staff_only
from review.desk.filing import RESULTS_SHOWN, ResultsFilter, result_rows
from review.desk.printing import may_print
from review.desk.queues import ApplicationQueue, is_waiting
from review.desk.reviewing import application_context, applications_to_review
from review.filters import WAITING
from review.forms import ApplicationDecision, ShelfForm, Undoing
from review.views.deciding import carry_out, go_on, somebody_was_faster, tell
from review.views.listing import opened, queue_context

if TYPE_CHECKING:
    from django.http import HttpResponse

    from conversion.models import Application
    from portal.requests import SignedInRequest
    from review.forms import VerbForm

NAMES = ("review:application", "review:applications")


@staff_only
@require_GET
def applications(request: SignedInRequest) -> HttpResponse:
    """List the conversion applications of the person's colleges or scheme."""
    queue, views = opened(request, ApplicationQueue)
    printing = queue.show == Status.RECOGNISED and may_print(request.user)
    context = queue_context(queue, "review:application", wording_for(request.user), printing=printing)
    return render(request, "review/applications.html", context | views)


@staff_only
@require_GET
def results(request: SignedInRequest) -> HttpResponse:
    """Show the list of results that the college puts on display before it reports them, student numbers masked."""
    if not request.user.standing.has(*FILERS):
        raise Http404
    form = ResultsFilter(request.GET, person=request.user)
    found = list(narrowed(result_rows(request.user), form)[: RESULTS_SHOWN + 1])
    rows = [{**row, "masked": masked(row["student__person__number"])} for row in found[:RESULTS_SHOWN]]
    names = {row["college__name"] for row in rows}
    terms = {row["offering__term__code"] for row in rows}
    context = {
        "form": form,
        "rows": rows,
        "capped": len(found) > RESULTS_SHOWN,
        "college": names.pop() if len(names) == 1 else "",
        "term": terms.pop() if len(terms) == 1 else "",
    }
    return render(request, "review/results.html", context)


@staff_only
@require_GET
def application_first(request: SignedInRequest) -> HttpResponse:
    """Lead to the first application that waits."""
    queue = ApplicationQueue(request)
    return go_on(queue, queue.first(), NAMES)


@staff_only
@require_GET
def application(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one application: the student, the course, the records with their origin, the grade, the history."""
    row = _get(request, pk)
    initial = {"revision": row.revision, "relevance": row.relevance, "relevance_reason": row.relevance_reason}
    return _page(request, row, ApplicationDecision(initial=initial, judges=judges_relevance(row)))


@staff_only
@require_POST
def application_decide(request: SignedInRequest, pk: int) -> HttpResponse:
    """Approve, return or refuse one application, then lead to the next one of the same queue."""
    row = _get(request, pk)
    form = ApplicationDecision(request.POST, judges=judges_relevance(row))
    queue = ApplicationQueue(request, show=WAITING)
    following = queue.following(row)
    try:
        done = form.is_valid() and carry_out(form, lambda: _decide(request, row, form))
    except StaleSubject as stale:
        return somebody_was_faster(request, stale, _address(row, queue))
    if not done:
        return _page(request, row, form, status=422)
    tell(request, row, _name(row), _address(row, queue))
    return go_on(queue, following, NAMES)


@staff_only
@require_POST
def application_undo(request: SignedInRequest, pk: int) -> HttpResponse:
    """Revoke an approved conversion, or replace its printed form, with the reason."""
    row = _get(request, pk)
    form, queue = Undoing(request.POST), ApplicationQueue(request)
    try:
        done = form.is_valid() and carry_out(form, lambda: _undo(request, row, form))
    except StaleSubject as stale:
        return somebody_was_faster(request, stale, _address(row, queue))
    if not done:
        return _page(request, row, ApplicationDecision(), undoing=form, status=422)
    if form.cleaned_data["verb"] == "reissue":
        messages.success(request, _("已重新出具申请表：%(name)s") % {"name": _name(row)})
    else:
        tell(request, row, _name(row), _address(row, queue))
    return redirect(_address(row, queue))


def _decide(request: SignedInRequest, row: Application, form: ApplicationDecision) -> None:
    asked, actor, judgement = form.cleaned_data, request.user, form.judgement()
    words, revision = asked["reason"].strip(), asked["revision"]
    if asked["verb"] == "return":
        return_application(row, actor, reason=words, revision=revision, judgement=judgement)
    elif asked["verb"] == "refuse":
        refuse_application(row, actor, reason=words, revision=revision, judgement=judgement)
    else:
        approve_application(row, actor, remark=words, revision=revision, judgement=judgement)


def _undo(request: SignedInRequest, row: Application, form: VerbForm) -> None:
    asked = form.cleaned_data
    reason, revision = asked["reason"].strip(), asked["revision"]
    if asked["verb"] == "reissue":
        reissue_form(row, request.user, reason=reason, revision=revision)
    else:
        revoke_application(row, request.user, reason=reason, revision=revision)


def _get(request: SignedInRequest, pk: int) -> Application:
    return get_object_or_404(applications_to_review(request.user), pk=pk)


def _name(row: Application) -> str:
    return f"{row.student.person.name} · {row.course.name}"


def _address(row: Application, queue: ApplicationQueue) -> str:
    address = reverse("review:application", args=[row.pk])
    return f"{address}?{queue.query}" if queue.query else address


def _page(
    request: SignedInRequest, row: Application, form: VerbForm, *, undoing: VerbForm | None = None, status: int = 200
) -> HttpResponse:
    queue = ApplicationQueue(request)
    context = application_context(row, request.user) | {
        "queue": queue,
        "form": form,
        "undoing": undoing or Undoing(initial={"revision": row.revision}),
        "shelf": ShelfForm(),
        "next": queue.after(row),
        "previous": queue.before(row),
        "is_waiting": is_waiting(row),
    }
    return render(request, "review/application.html", context, status=status)
