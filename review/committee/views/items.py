"""One item of the agenda: its page, the votes of the members, the decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.workflow import NotAllowed, StaleSubject
from review.access import staff_only
from review.committee.access import seen_item, told_when_late
from review.committee.forms import RECUSE, ItemDecision, VoteForm
from review.committee.item_page import decision_form, item_context
from review.committee.rules import can_keep_meetings
from review.models import ItemOutcome
from review.services.sitting import Decision, cast_vote, decide_item, recuse
from review.views.deciding import errors_of, somebody_was_faster

if TYPE_CHECKING:
    from django.forms import Form
    from django.http import HttpResponse

    from portal.models import Person
    from portal.requests import SignedInRequest
    from review.models import AgendaItem


@staff_only
@require_safe
def agenda_item(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one item: to members with their vote, to the office with the decision."""
    return _page(request, seen_item(request, pk))


@staff_only
@require_POST
@told_when_late
def agenda_vote(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the person's own vote or recusal, or the one that the office enters for a member."""
    item = seen_item(request, pk)
    form = VoteForm(_people(item), request.POST)
    if not form.is_valid():
        return _page(request, item, vote=form, status=422)
    asked = form.cleaned_data
    member = _member(request, item, asked["member"])
    try:
        if asked["ballot"] == RECUSE:
            recuse(item, request.user, asked["reason"], member=member)
        else:
            cast_vote(item, request.user, asked["ballot"], member=member)
    except ValidationError as error:
        _take(form, error)
        return _page(request, item, vote=form, status=422)
    messages.success(request, _("已登记回避。") if asked["ballot"] == RECUSE else _("已登记表决。"))
    return redirect("review:agenda_item", pk=item.pk)


@staff_only
@require_POST
@told_when_late
def agenda_decide(request: SignedInRequest, pk: int) -> HttpResponse:
    """Enter the committee's decision, then lead to the next open item."""
    item = seen_item(request, pk)
    form = ItemDecision(request.POST)
    try:
        done = form.is_valid() and _decide(request, item, form)
    except StaleSubject as stale:
        return somebody_was_faster(request, stale, reverse("review:agenda_item", args=[item.pk]))
    if not done:
        return _page(request, item, form=form, status=422)
    words = {"position": item.position, "outcome": item.get_outcome_display()}
    messages.success(request, _("第 %(position)s 项：%(outcome)s") % words)
    following = item.meeting.items.filter(outcome=ItemOutcome.PENDING).order_by("position")
    after = following.filter(position__gt=item.position).first() or following.first()
    return redirect("review:agenda_item", pk=after.pk) if after else redirect("review:meeting", pk=item.meeting_id)


def _decide(request: SignedInRequest, item: AgendaItem, form: ItemDecision) -> bool:
    """Call the verb; what it finds wrong is written on the form."""
    asked = form.cleaned_data
    decision = Decision(
        outcome=form.OUTCOMES[asked["verb"]],
        reason=asked["reason"],
        score=asked["points"],
        beyond=asked["beyond"],
    )
    try:
        decide_item(item, request.user, decision, revision=asked["revision"])
    except ValidationError as error:
        _take(form, error)
        return False
    return True


def _people(item: AgendaItem) -> list[Person]:
    return [row.person for row in item.meeting.attendances.select_related("person")]


def _member(request: SignedInRequest, item: AgendaItem, key: str) -> Person | None:
    """Return the member for whom the office enters a vote; None for the own one."""
    if not key:
        return None
    verdict = can_keep_meetings(request.user, item.meeting.scheme)
    if not verdict:
        raise NotAllowed(verdict)
    return next(person for person in _people(item) if str(person.pk) == key)


def _take(form: Form, error: ValidationError) -> None:
    """Write a service's complaints on the form; what the service calls a score is the points field here."""
    for name, texts in errors_of(error).items():
        field = "points" if name == "score" else name
        for text in texts:
            form.add_error(field if field in form.fields and field != "verb" else None, text)


def _page(
    request: SignedInRequest,
    item: AgendaItem,
    *,
    form: ItemDecision | None = None,
    vote: VoteForm | None = None,
    status: int = 200,
) -> HttpResponse:
    address = reverse("review:agenda_item", args=[item.pk])
    context = item_context(item, request.user, opened=request.GET.get("file", ""), address=address)
    people = [seat.person for seat in context["bench"].voting]
    context |= {"form": form or decision_form(item), "vote": vote or VoteForm(people), "address": address}
    return render(request, "review/committee/item.html", context, status=status)
