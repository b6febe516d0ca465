"""The other things a student does with a claim: withdraw, discard, open again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from credits.services.claims import discard_claim, reopen_claim, withdraw_claim
from credits.views.filling import own_claim, seen_revision

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.requests import SignedInRequest


@login_required
@require_POST
def claim_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a pending claim back."""
    claim = withdraw_claim(own_claim(request, pk), request.user, revision=seen_revision(request))
    messages.success(request, _("已撤回。需要时可以重新编辑后再提交。"))
    return redirect(claim)


@login_required
@require_POST
def claim_discard(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put a draft away."""
    discard_claim(own_claim(request, pk), request.user, revision=seen_revision(request))
    messages.success(request, _("草稿已删除。"))
    return redirect("credits:claims")


@login_required
@require_POST
def claim_reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make a withdrawn claim a draft again and go on writing."""
    claim = reopen_claim(own_claim(request, pk), request.user, revision=seen_revision(request))
    return redirect("credits:claim_edit", pk=claim.pk)
