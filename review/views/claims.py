"""申报审核: the queue of claims and the page on which one is decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from credits.services.decisions import revoke_claim
from portal.enums import Status
from portal.points import format_points
from portal.wording import wording_for
from portal.workflow import StaleSubject
from review.access import staff_only
from review.desk.awards import waiting_beside
from review.desk.queues import ClaimQueue, is_waiting
from review.desk.reviewing import (
    act_of,
    claim_context,
    claims_to_review,
    phrases,
    proposed_points,
    side_by_side,
)
from review.filters import WAITING
from review.flagging import flag_rows, sent_flags
from review.forms import ClaimDecision, ClaimOpinion, ExcludeForm, JoinForm, ShareForm, Undoing
from review.services.deciding import decide_claim, take_decision_back
from review.undoing import KEY, offer_undo, offered
from review.views.deciding import carry_out, go_on, somebody_was_faster, tell
from review.views.listing import opened, queue_context

if TYPE_CHECKING:
    from django.http import HttpResponse

    from credits.models import Claim
    from portal.requests import SignedInRequest
    from review.forms import VerbForm

NAMES = ("review:claim", "review:claims")


@staff_only
@require_GET
def claims(request: SignedInRequest) -> HttpResponse:
    """List the claims of the person's colleges or scheme, those that wait for the person first."""
    queue, views = opened(request, ClaimQueue)
    context = queue_context(queue, "review:claim", wording_for(request.user))
    context |= {**views, "undo": offered(request.session)}
    return render(request, "review/claims.html", context)


@staff_only
@require_GET
def claim_first(request: SignedInRequest) -> HttpResponse:
    """Lead to the first claim that waits."""
    queue = ClaimQueue(request)
    return go_on(queue, queue.first(), NAMES)


@staff_only
@require_GET
def claim(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one claim with its evidence, its calculation, its history and, for who decides, the decision."""
    row = get_claim(request, pk)
    return show(request, row)


@staff_only
@require_POST
def claim_decide(request: SignedInRequest, pk: int) -> HttpResponse:
    """Approve, return or refuse one claim, then lead to the next one of the same queue."""
    row = get_claim(request, pk)
    form = _posted(request, row)
    queue = ClaimQueue(request, show=WAITING)
    following = queue.following(row)
    try:
        done = form.is_valid() and carry_out(form, lambda: _decide(request, row, form))
    except StaleSubject as stale:
        return somebody_was_faster(request, stale, address_of(row, queue))
    if not done:
        return show(request, row, form, status=422)
    name = f"{row.student.person.name} · {row.category.name} · {row.content}"
    tell(request, row, name, address_of(row, queue))
    if row.status != Status.PUBLICITY:
        offer_undo(request.session, row, name)
    return go_on(queue, following, NAMES)


@staff_only
@require_POST
def claim_revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    """Cancel a recognition, with the reason."""
    row = get_claim(request, pk)
    form, queue = Undoing(request.POST), ClaimQueue(request)
    try:
        done = form.is_valid() and carry_out(form, lambda: _revoke(request, row, form))
    except StaleSubject as stale:
        return somebody_was_faster(request, stale, address_of(row, queue))
    if not done:
        return show(request, row, undoing=form, status=422)
    tell(request, row, f"{row.student.person.name} · {row.content}", address_of(row, queue))
    return redirect(address_of(row, queue))


@staff_only
@require_POST
def claim_undo(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take back the decision that was just made, and lead to its claim."""
    row, queue = get_claim(request, pk), ClaimQueue(request)
    revision = request.POST.get("revision", "")
    known = revision.isdecimal() and len(revision) < 10  # noqa: PLR2004 - as the column holds it
    try:
        take_decision_back(row, request.user, revision=int(revision) if known else -1)
    except StaleSubject as stale:
        return somebody_was_faster(request, stale, address_of(row, queue))
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    else:
        messages.success(request, _("已撤回这个决定，学生没有收到通知。"))
    request.session.pop(KEY, None)
    return redirect(address_of(row, queue))


def _decide(request: SignedInRequest, row: Claim, form: VerbForm) -> None:
    """Call the verb; flags belong to a return."""
    asked, flags = form.cleaned_data, sent_flags(request.POST)
    if flags and asked["verb"] != "return":
        raise ValidationError({"flags": _("您标出了要改的地方：请退回修改，或先清除标注。")})
    decide_claim(
        row,
        request.user,
        asked["verb"],
        words=asked["reason"].strip(),
        points=asked.get("points") if asked["verb"] == "approve" else None,
        revision=asked["revision"],
        flags=flags,
    )


def _revoke(request: SignedInRequest, row: Claim, form: VerbForm) -> None:
    asked = form.cleaned_data
    revoke_claim(row, request.user, reason=asked["reason"], revision=asked["revision"])


def _posted(request: SignedInRequest, row: Claim) -> VerbForm:
    """Return the form that the page carried: most stages give points, some an opinion."""
    gives_points = act_of(row) == "points" or "points" in request.POST
    return ClaimDecision(row, request.POST) if gives_points else ClaimOpinion(request.POST)


def get_claim(request: SignedInRequest, pk: int) -> Claim:
    """Return a claim in the person's reach (404 otherwise)."""
    return get_object_or_404(claims_to_review(request.user), pk=pk)


def address_of(row: Claim, queue: ClaimQueue) -> str:
    """Return the address of the claim's page within the queue that the person works through."""
    address = reverse("review:claim", args=[row.pk])
    return f"{address}?{queue.query}" if queue.query else address


def show(
    request: SignedInRequest,
    row: Claim,
    form: VerbForm | None = None,
    *,
    undoing: VerbForm | None = None,
    sharing: ShareForm | None = None,
    excluding: tuple[int, ExcludeForm] | None = None,
    joining: JoinForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show the claim's page; a form that was sent keeps what was typed, with what is wrong beside it."""
    queue = ClaimQueue(request)
    address = address_of(row, queue)
    context = claim_context(row, request.user, opened=request.GET.get("file", ""), address=address)
    context |= side_by_side(context["files"], request.GET.get("beside", ""), address)
    if context["team"] and context["team"]["sharing"]:
        context["sharing"] = sharing or ShareForm(row)
    if context["cluster"] and context["cluster"]["joins"]:
        context["joining"] = joining or JoinForm(row, request.user)
    context |= {
        "queue": queue,
        "form": form or _blank(row),
        "undoing": undoing or Undoing(initial={"revision": row.revision}),
        "excluding": excluding or (0, ExcludeForm()),
        "next": queue.after(row),
        "previous": queue.before(row),
        "phrases": phrases(request.user) if context["verdict"] else [],
        "on_the_award": waiting_beside(row, request.user) if context["verdict"] else 0,
        "is_waiting": is_waiting(row),
        "undo": offered(request.session),
        "flags": flag_rows(row, context["files"], request.POST) if context["verdict"] else [],
    }
    return render(request, "review/claim.html", context, status=status)


def _blank(row: Claim) -> VerbForm:
    """Return the form of the present stage as nobody has filled it in yet."""
    if act_of(row) == "opinion":
        return ClaimOpinion(initial={"revision": row.revision})
    return ClaimDecision(row, initial={"revision": row.revision, "points": format_points(proposed_points(row))})
