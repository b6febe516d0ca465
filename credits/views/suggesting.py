"""The suggestion while the form is filled: what the rules make of what stands in the fields now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from credits.choosing import rounds_for
from credits.forms import ClaimForm
from credits.services.claims import blank_claim
from credits.views.filling import own_claim
from credits.views.form_page import form_context

if TYPE_CHECKING:
    from django.http import HttpResponse

    from credits.models import Claim
    from portal.models import Student
    from portal.requests import SignedInRequest


@login_required
@require_safe
def suggestion(request: SignedInRequest) -> HttpResponse:
    """Answer with the suggestion, and with the fields and proofs that the facts now call for when they have changed."""
    form = ClaimForm(claim_asked(request), request.GET)
    context = form_context(form)
    changed = request.GET.get("shown", "") != form.shown
    return render(request, "credits/_suggestion_answer.html", {**context, "changed": changed})


def claim_asked(request: SignedInRequest) -> Claim:
    """Return the own claim that the address names, or an unsaved one of its round and category; or 404."""
    number = request.GET.get("claim", "")
    if number.isdecimal():
        return own_claim(request, int(number))
    student: Student | None = getattr(request.user, "student", None)
    if student is None:
        raise Http404
    for round_ in rounds_for(student):
        if str(round_.pk) == request.GET.get("round"):
            for category in round_.categories.all():
                if category.code == request.GET.get("category"):
                    return blank_claim(round_, category, student)
    raise Http404
