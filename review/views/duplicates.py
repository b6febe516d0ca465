"""Claims that look alike, beside each other; a false alarm is dismissed with its reason, and that taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from credits.models import DuplicatePair
from credits.services.duplicates import dismiss_pair, restore_pair
from review.access import staff_only
from review.desk.duplicates import duplicates_context
from review.forms import DismissForm
from review.views.claims import get_claim

if TYPE_CHECKING:
    from django.http import HttpResponse

    from credits.models import Claim
    from portal.requests import SignedInRequest


@staff_only
@require_GET
def duplicates(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show what a claim may be the same as, one pair opened with both sides."""
    return _show(request, get_claim(request, pk), DismissForm())


@staff_only
@require_POST
def duplicate_dismiss(request: SignedInRequest, pk: int, pair: int) -> HttpResponse:
    """Judge one alarm to be false, with the reason; the last one leads back to the claim."""
    claim, row = _pair(request, pk, pair)
    form = DismissForm(request.POST)
    if not form.is_valid():
        return _show(request, claim, form, pair=row, status=422)
    dismiss_pair(row, claim, request.user, reason=form.cleaned_data["dismiss_reason"])
    messages.success(request, _("已排除，理由记入审计。需要时可以恢复。"))
    following = DuplicatePair.objects.open_for(claim).order_by("-pk").first()
    if following is None:
        return redirect("review:claim", pk=claim.pk)
    return redirect(f"{reverse('review:duplicates', args=[claim.pk])}?pair={following.pk}")


@staff_only
@require_POST
def duplicate_restore(request: SignedInRequest, pk: int, pair: int) -> HttpResponse:
    """Let a dismissed alarm stand again."""
    claim, row = _pair(request, pk, pair)
    restore_pair(row, claim, request.user)
    messages.success(request, _("已恢复提示。"))
    return redirect(f"{reverse('review:duplicates', args=[claim.pk])}?pair={row.pk}")


def _pair(request: SignedInRequest, pk: int, pair: int) -> tuple[Claim, DuplicatePair]:
    """Return a claim in the person's reach and one of its pairs (404 otherwise)."""
    claim = get_claim(request, pk)
    return claim, get_object_or_404(DuplicatePair.objects.of(claim), pk=pair)


def _show(
    request: SignedInRequest, claim: Claim, form: DismissForm, *, pair: DuplicatePair | None = None, status: int = 200
) -> HttpResponse:
    asked = {key: request.GET.get(key, "") for key in ("pair", "mine", "theirs")}
    if pair is not None:
        asked["pair"] = str(pair.pk)
    context = {**duplicates_context(claim, request.user, asked), "form": form}
    return render(request, "review/duplicates.html", context, status=status)
