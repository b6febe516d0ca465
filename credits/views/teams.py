"""Teams: the lead names the mates, the mates confirm or dispute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from credits.amending import opened_of
from credits.enums import MemberState
from credits.facts import fact_rows
from credits.forms.teams import AnswerForm, TeamSheet
from credits.models import Claim, Member
from credits.places import TEAM
from credits.rules import can_answer, can_edit
from credits.services.teams import answer_membership, name_team, share_table
from credits.teams import is_team, own_rank, team_size
from credits.views.claims import viewer_files
from credits.views.filling import own_claim, seen_revision
from portal.enums import Status

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.requests import SignedInRequest

ANSWERABLE = (Status.DRAFT, Status.RETURNED, Status.IN_REVIEW)


@login_required
@require_http_methods(["GET", "POST"])
def team(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let the lead name the mates with their ranks; each mate of the university is asked to confirm."""
    claim = own_claim(request, pk)
    if not (claim.is_editable and can_edit(request.user, claim) and is_team(claim)):
        return redirect(claim)
    if request.method == "GET" and not opened_of(claim).has(TEAM):
        messages.warning(request, _("退回时没有要求修改团队成员，保留原来的名单。"))
        return redirect("credits:claim_edit", pk=claim.pk)
    sheet = TeamSheet(claim, request.POST if request.method == "POST" else None)
    if request.method == "POST" and sheet.is_final:
        try:
            name_team(claim, request.user, sheet.mates(), revision=seen_revision(request))
        except ValidationError as error:
            sheet.refuse(error)
        else:
            messages.success(request, _("团队成员已保存，已通知成员确认。"))
            return redirect("credits:claim_edit", pk=claim.pk)
    context = {
        "claim": claim,
        "sheet": sheet,
        "rank": own_rank(claim),
        "size": team_size(claim),
        "shares": share_table(claim),
    }
    status = 422 if request.method == "POST" and sheet.reshaping is None else 200
    return render(request, "credits/teams/team.html", context, status=status)


@login_required
@require_safe
def memberships(request: SignedInRequest) -> HttpResponse:
    """List the teams in which the student is named, those that wait for an answer first."""
    found = Member.objects.named(request.user).select_related("achievement__lead__student__person")
    rows = found.select_related("achievement__lead__category", "claim").order_by("-pk")
    waiting = [row for row in rows if row.state == MemberState.WAITING]
    others = [row for row in rows if row.state != MemberState.WAITING]
    return render(request, "credits/teams/memberships.html", {"waiting": waiting, "others": others})


@login_required
@require_http_methods(["GET", "POST"])
def membership(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one team to a mate: what the lead states, the evidence, the own share; take the answer."""
    member = get_object_or_404(Member.objects.named(request.user).select_related("achievement"), pk=pk)
    related = ("scheme_version__scheme", "scheme", "category", "college", "student__person", "round")
    lead = Claim.objects.select_related(*related).get(pk=member.achievement.lead_id)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _answered(request, member, form):
        messages.success(request, _("已记录你的答复，并通知牵头人。"))
        return redirect("credits:memberships")
    context = {
        "member": member,
        "claim": lead,
        "form": form,
        "may_answer": lead.status in ANSWERABLE and bool(can_answer(request.user, lead)),
        "facts": fact_rows(lead.scheme_version.data, lead.category.code, lead.facts),
        "files": viewer_files(request, lead),
        "shares": share_table(lead),
    }
    return render(request, "credits/teams/membership.html", context, status=422 if form.errors else 200)


def _answered(request: SignedInRequest, member: Member, form: AnswerForm) -> bool:
    """Call the verb; what it refuses stands beside its field, with the typed text."""
    said = form.cleaned_data
    try:
        answer_membership(member, request.user, agrees=said["agrees"] == "yes", answer=said["answer"])
    except ValidationError as error:
        form.add_error("answer", error.messages)
        return False
    return True
