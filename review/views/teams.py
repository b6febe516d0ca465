"""A team beside its claim: how its result is shared, and leaving out who does not answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from credits.models import Member
from credits.services.teams import exclude_member, set_team_method
from portal.workflow import StaleSubject
from review.access import staff_only
from review.desk.queues import ClaimQueue
from review.forms import ExcludeForm, ShareForm
from review.views.claims import address_of, get_claim, show
from review.views.deciding import errors_of, somebody_was_faster

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.requests import SignedInRequest


@staff_only
@require_POST
def claim_share(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose how a team's result is shared, with the reason."""
    row, queue = get_claim(request, pk), ClaimQueue(request)
    form = ShareForm(row, request.POST)
    if not form.is_valid():
        return show(request, row, sharing=form, status=422)
    asked = form.cleaned_data
    try:
        set_team_method(
            row,
            request.user,
            method=asked["method"],
            ratios=form.ratios,
            reason=asked["method_reason"],
            revision=asked["revision"],
        )
    except StaleSubject as stale:
        return somebody_was_faster(request, stale, address_of(row, queue))
    except ValidationError as error:
        form.take(errors_of(error))
        return show(request, row, sharing=form, status=422)
    messages.success(request, _("团队计分方式：%(method)s") % {"method": asked["method"]})
    return redirect(address_of(row, queue))


@staff_only
@require_POST
def claim_exclude(request: SignedInRequest, pk: int, member: int) -> HttpResponse:
    """Leave a member out of the team, with the reason."""
    row, queue = get_claim(request, pk), ClaimQueue(request)
    mate = get_object_or_404(Member.objects.select_related("achievement__lead"), pk=member, achievement__lead=row)
    form = ExcludeForm(request.POST)
    if not form.is_valid():
        return show(request, row, excluding=(mate.pk, form), status=422)
    try:
        asked = form.cleaned_data
        exclude_member(mate, request.user, reason=asked["exclude_reason"], revision=asked["revision"])
    except StaleSubject as stale:
        return somebody_was_faster(request, stale, address_of(row, queue))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(address_of(row, queue))
    messages.success(request, _("已移出成员：%(name)s") % {"name": mate.name})
    return redirect(address_of(row, queue))
