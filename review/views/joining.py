"""Judging two claims of a student to be the same project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from credits.services.counting import join_projects
from portal.workflow import StaleSubject
from review.access import staff_only
from review.desk.queues import ClaimQueue
from review.forms import JoinForm
from review.views.claims import address_of, get_claim, show
from review.views.deciding import errors_of, somebody_was_faster

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.requests import SignedInRequest


@staff_only
@require_POST
def claim_join(request: SignedInRequest, pk: int) -> HttpResponse:
    """Judge another claim of the student to be the same project, with the reason: of both only the highest counts."""
    row, queue = get_claim(request, pk), ClaimQueue(request)
    form = JoinForm(row, request.user, request.POST)
    if not form.is_valid():
        return show(request, row, joining=form, status=422)
    asked = form.cleaned_data
    try:
        join_projects(row, asked["other"], request.user, reason=asked["join_reason"], revision=asked["revision"])
    except StaleSubject as stale:
        return somebody_was_faster(request, stale, address_of(row, queue))
    except ValidationError as error:
        form.take(errors_of(error))
        return show(request, row, joining=form, status=422)
    messages.success(request, _("已判定为同一项目，以最高奖项计算一次。"))
    return redirect(address_of(row, queue))
