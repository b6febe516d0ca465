"""专家分配: which claims lack experts, a preview of who would get what, the action, and one claim by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from credits.services.decisions import return_claim
from portal.models import Person
from portal.workflow import NotAllowed, StaleSubject
from review.experts.access import assigners_only
from review.experts.assigning import AssigningList, claim_context
from review.experts.forms import ReasonForm, ReturnForm
from review.experts.routing import claims_assigned_by, claims_read_by
from review.experts.rules import can_assign
from review.models import Assignment
from review.services.assigning import AssigningRefused, assign_expert, assign_experts, plan_experts, take_back
from review.views.exports import answer, taken

if TYPE_CHECKING:
    from django.http import HttpResponse

    from credits.models import Claim
    from portal.requests import SignedInRequest
    from review.services.assigning import Pair

BIG = 16


@assigners_only
@require_safe
def assigning(request: SignedInRequest) -> HttpResponse:
    """List the claims in scoring by what they lack."""
    found = AssigningList(request)
    context = {"found": found, "listing": found.listing, "form": found.listing.form, "lines": found.lines}
    return render(request, "review/experts/assigning.html", context)


@assigners_only
@require_safe
def assigning_plan(request: SignedInRequest) -> HttpResponse:
    """Show which expert each claim would get; nothing has happened yet."""
    claims = AssigningList(request).to_plan(request.GET.getlist("row"))
    if not claims:
        messages.info(request, _("没有需要您分配专家的申报。"))
        return redirect("review:assigning")
    return _preview(request, claims)


@assigners_only
@require_POST
def assigning_carry_out(request: SignedInRequest) -> HttpResponse:
    """Give every claim of the preview to its experts, or none of them."""
    pairs = read_pairs(request.POST.getlist("pair"))
    if not pairs:
        raise Http404
    try:
        made = assign_experts(pairs, request.user)
    except AssigningRefused as refused:
        ids = {claim_id for claim_id, _person in pairs}
        claims = [one for one in claims_read_by(request.user).filter(pk__in=ids) if can_assign(request.user, one)]
        return _preview(request, claims, offenders=refused.offenders, status=409)
    text = _("已分配 %(tasks)s 个评审任务，涉及 %(claims)s 条申报。")
    messages.success(request, text % {"tasks": len(made), "claims": len({task.claim_id for task in made})})
    return redirect("review:assigning")


@assigners_only
@require_safe
def assigning_claim(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one claim with its experts and everybody who could be asked."""
    return _page(request, _get(request, pk))


@assigners_only
@require_POST
def assigning_assign(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give one claim to one expert."""
    claim = _get(request, pk)
    asked = request.POST.get("expert", "")
    expert = Person.objects.filter(pk=int(asked)).first() if asked.isdecimal() and len(asked) < BIG else None
    if expert is None:
        raise Http404
    verdict = can_assign(request.user, claim)
    if not verdict:
        raise NotAllowed(verdict)
    try:
        assign_expert(claim, request.user, expert)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return _page(request, claim, status=422)
    messages.success(request, _("已分配给 %(name)s。") % {"name": expert.name})
    return redirect("review:assigning_claim", pk=claim.pk)


@assigners_only
@require_POST
def assigning_take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take one task back from its expert, with the reason."""
    mine = Assignment.objects.filter(claim__in=claims_assigned_by(request.user)).select_related("expert")
    task = get_object_or_404(mine, pk=pk)
    claim = _get(request, task.claim_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, claim, form=form, form_of=task.pk, status=422)
    take_back(task, request.user, reason=form.cleaned_data["reason"])
    messages.success(request, _("已从 %(name)s 收回。") % {"name": task.expert.name})
    still = claims_read_by(request.user).filter(pk=claim.pk).exists()
    return redirect("review:assigning_claim", pk=claim.pk) if still else redirect("review:assigning")


@assigners_only
@require_POST
def assigning_return(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send a claim back to its student from the experts' stage: they cannot judge what was handed in."""
    claim = _get(request, pk)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return _page(request, claim, returning=form, status=422)
    asked = form.cleaned_data
    return_claim(claim, request.user, reason=asked["reason"], revision=asked["revision"], may=can_assign)
    messages.success(request, _("已退回：%(content)s") % {"content": claim.content})
    return redirect("review:assigning")


@assigners_only
@taken
def assignments_export(request: SignedInRequest) -> HttpResponse:
    """Hand out who was given what and how they scored: the office and the auditor."""
    if not request.user.standing.has("office", "auditor"):
        raise Http404
    return answer(request, "assignments")


def read_pairs(texts: list[str]) -> list[Pair]:
    """Return the pairs of claim and person that the preview's form carries; what no page of ours wrote is left out."""
    found = []
    for text in texts:
        claim, _colon, person = text.partition(":")
        if claim.isdecimal() and person.isdecimal() and max(len(claim), len(person)) < BIG:
            found.append((int(claim), int(person)))
    return list(dict.fromkeys(found))


def _get(request: SignedInRequest, pk: int) -> Claim:
    """Return a claim in scoring; whoever acts on one that has gone on since is told, within the own reach.

    Raises ``StaleSubject`` for that one, ``Http404`` for every other.
    """
    found: Claim | None = claims_read_by(request.user).filter(pk=pk).first()
    if found is not None:
        return found
    if request.method != "POST":
        raise Http404
    gone: Claim = get_object_or_404(claims_assigned_by(request.user), pk=pk)
    raise StaleSubject(gone)


def _preview(
    request: SignedInRequest,
    claims: list[Claim],
    *,
    offenders: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    deals = plan_experts(claims)
    loads: dict[int, tuple[Person, int, int]] = {}
    for deal in deals:
        for expert in deal.experts:
            _person, before, now = loads.get(expert.person.pk, (expert.person, expert.waiting, expert.waiting))
            loads[expert.person.pk] = (expert.person, before, now + 1)
    context = {
        "deals": deals,
        "dealt": [deal for deal in deals if deal.experts],
        "pairs": sum(len(deal.experts) for deal in deals),
        "lacking": [deal for deal in deals if deal.lacking],
        "loads": sorted(loads.values(), key=lambda row: row[0].number),
        "offenders": offenders or [],
    }
    return render(request, "review/experts/plan.html", context, status=status)


def _page(
    request: SignedInRequest,
    claim: Claim,
    *,
    form: ReasonForm | None = None,
    form_of: int = 0,
    returning: ReturnForm | None = None,
    status: int = 200,
) -> HttpResponse:
    address = reverse("review:assigning_claim", args=[claim.pk])
    context = claim_context(claim, request.user, opened=request.GET.get("file", ""), address=address)
    returning = returning or ReturnForm(initial={"revision": claim.revision})
    context |= {"form": form or ReasonForm(), "form_of": form_of, "returning": returning}
    return render(request, "review/experts/assigning_claim.html", context, status=status)
