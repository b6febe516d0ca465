"""Claims on one award in one table: one decision with exceptions, a preview, and all of it or nothing (X6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from review.access import staff_only
from review.desk.awards import awards_waiting, beside_each_other, named_by, on_the_award
from review.desk.batches import MOST, BatchRefused, Wanted, plan, read_wanted
from review.desk.choices import APPROVE, LEAVE, Choice, Tally, judge
from review.desk.queues import ClaimQueue
from review.services.batches import Decision, decide_each
from review.views.claims import get_claim

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpResponse

    from credits.models import Claim
    from portal.requests import SignedInRequest
    from review.desk.choices import Judged

FIELDS = ("row", "verb", "points", "reason")


@staff_only
@require_GET
def awards(request: SignedInRequest) -> HttpResponse:
    """List the awards of which several claims wait for the person."""
    context = {"groups": awards_waiting(request.user), "queue": ClaimQueue(request)}
    return render(request, "review/awards.html", context)


@staff_only
@require_GET
def award(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the claims on the award of one of them that wait for the person, beside each other."""
    claim = get_claim(request, pk)
    found = on_the_award(claim, request.user).values_list("pk", "revision")[:MOST]
    return _table(request, claim, judge(plan(request.user, [Wanted(*row) for row in found]).rows, Choice(APPROVE), {}))


@staff_only
@require_POST
def award_decide(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show what each claim would become; once that is confirmed, carry all of it out or nothing."""
    claim, wanted = get_claim(request, pk), read_wanted(request.POST.getlist("row"))
    if not wanted:
        raise Http404
    step, for_all = request.POST.get("step", ""), Choice.read(request.POST)
    judged = judge(plan(request.user, wanted).rows, for_all, request.POST)
    faults = [(one.row.label, one.problem) for one in judged if one.problem]
    if step == "edit" or faults or not Tally.of(judged).acting:
        stale = any(one.row.fault for one in judged if one.problem)
        status = 200 if step == "edit" else 409 if stale else 422
        return _table(request, claim, judged, for_all, offenders=[] if step == "edit" else faults, status=status)
    if step != "confirm":
        context = {"claim": claim, "judged": judged, "tally": Tally.of(judged), "kept": _kept(request.POST)}
        context["title"] = _title(claim)
        return render(request, "review/award_preview.html", context)
    try:
        number = decide_each(
            request.user,
            [Decision(one.row.wanted, one.verb, one.words, one.points, looked=True) for one in judged if _acts(one)],
            left_out=[one.row.wanted for one in judged if one.verb == LEAVE],
        )
    except BatchRefused as refused:
        return _table(request, claim, judged, for_all, offenders=refused.offenders, status=409)
    return redirect("review:batch_result", number=number)


def _acts(one: Judged) -> bool:
    return one.verb != LEAVE


def _title(claim: Claim) -> str:
    """Return what the award is called."""
    named = named_by(claim.scheme_version.data.category(claim.category.code), claim.facts)
    return " · ".join(named.values()) or (claim.project.label if claim.project else claim.content)


def _kept(sent: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what the table's form carried, for the form that confirms it."""
    values: Any = sent  # a QueryDict: a name may stand there many times
    names = [name for name in values if name.partition(":")[0] in FIELDS]
    return [(name, value) for name in names for value in values.getlist(name) if value]


def _table(
    request: SignedInRequest,
    claim: Claim,
    judged: list[Judged],
    for_all: Choice | None = None,
    *,
    offenders: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show the claims beside each other, with what was chosen and typed so far."""
    shared, beside = beside_each_other([one.row for one in judged])
    context = {
        "claim": claim,
        "title": _title(claim),
        "shared": shared,
        "lines": [(one, beside[one.row.claim.pk]) for one in judged if one.row.claim is not None],
        "for_all": for_all or Choice(APPROVE),
        "gives_points": any(one.row.gives_points for one in judged),
        "offenders": offenders or [],
        "nothing": status == 422 and not offenders,  # noqa: PLR2004 - every row was left out
        "most": MOST,
    }
    return render(request, "review/award.html", context, status=status)
