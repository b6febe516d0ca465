"""学院报送与汇总: what each college has delivered, who is late, and passing delivered claims on to the experts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from credits.models import Claim
from portal.enums import Role, Status
from portal.models import College
from portal.workflow import NotAllowed
from review.access import staff_only
from review.desk.batches import MOST, Wanted
from review.experts.collating import collation_of, rounds_collated_by, rounds_delivered_by
from review.forms import BatchReturn
from review.services.collation import deliver_college, remind_college
from review.views.batches import preview
from review.views.exports import answer, taken

if TYPE_CHECKING:
    from django.http import HttpResponse

    from credits.evaluation.scheme import Stage
    from credits.models import Round
    from portal.requests import SignedInRequest


@staff_only
@require_safe
def collation(request: SignedInRequest) -> HttpResponse:
    """Show for one round what every college has passed, has left, and has delivered."""
    rounds = _rounds(request)
    asked = request.GET.get("round", "")
    chosen = next((pair for pair in rounds if str(pair[0].pk) == asked), next(iter(rounds), None))
    context = {
        "rounds": [pair[0] for pair in rounds],
        "found": collation_of(*chosen) if chosen else None,
        "collects": request.user.standing.has(Role.OFFICE),
    }
    return render(request, "review/experts/collation.html", context)


@staff_only
@taken
def collation_export(request: SignedInRequest) -> HttpResponse:
    """Hand out the table of the round that the address names."""
    if not _rounds(request):
        raise Http404
    return answer(request, "collation")


@staff_only
@require_safe
def collation_pass(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show what would happen to the claims of colleges that have delivered; the batch's own address carries it out."""
    round_, between = _round(request, pk)
    if not request.user.standing.has(Role.OFFICE):
        raise Http404
    found = Claim.objects.filter(round=round_, status=Status.IN_REVIEW, stage=between[1].code, follows_lead=False)
    found = found.filter(college__in=round_.deliveries.values("college"))
    if request.GET.get("college"):
        found = found.filter(college__code=request.GET["college"])
    rows = found.order_by("college__code", "stage_entered_at", "pk").values_list("pk", "revision")[:MOST]
    if not rows:
        messages.info(request, _("没有可以转入评审的申报：学院报送之后，通过初审的申报才在这里。"))
        return redirect(f"{reverse('review:collation')}?round={round_.pk}")
    return preview(request, [Wanted(*row) for row in rows], BatchReturn())


@staff_only
@require_POST
def collation_remind(request: SignedInRequest, pk: int) -> HttpResponse:
    """Remind the secretaries of one college by a notice."""
    round_, _between = _round(request, pk)
    college = get_object_or_404(College, code=request.POST.get("college", ""))
    try:
        number = remind_college(round_, college, request.user)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    else:
        messages.success(request, _("已提醒%(college)s的 %(n)s 位教学秘书。") % {"college": college.name, "n": number})
    return redirect(f"{reverse('review:collation')}?round={round_.pk}")


@staff_only
@require_POST
def deliver(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give one college's word that its first review of a round is done."""
    found = next((round_ for round_, _between in rounds_delivered_by(request.user) if round_.pk == pk), None)
    mine = request.user.standing.colleges_as(Role.SECRETARY)
    college = get_object_or_404(College, code=request.POST.get("college", ""), pk__in=mine)
    if found is None:
        raise Http404
    try:
        row = deliver_college(found, college, request.user, note=request.POST.get("note", ""))
    except NotAllowed as refused:
        messages.warning(request, str(refused.verdict.reason))
    else:
        text = _("已报送：%(round)s，初审通过 %(passed)s 条，未通过 %(refused)s 条。")
        values = {"round": found.name, "passed": row.passed, "refused": row.refused}
        messages.success(request, text % values)
    return redirect("review:desk")


def _rounds(request: SignedInRequest) -> list[tuple[Round, tuple[Stage, Stage]]]:
    if not request.user.standing.has(Role.OFFICE, Role.AUDITOR):
        raise Http404
    return rounds_collated_by(request.user)


def _round(request: SignedInRequest, pk: int) -> tuple[Round, tuple[Stage, Stage]]:
    found = next((pair for pair in _rounds(request) if pair[0].pk == pk), None)
    if found is None:
        raise Http404
    return found
