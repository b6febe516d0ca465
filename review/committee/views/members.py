"""评审委员会: who is a member, from when to when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from review.access import staff_only
from review.committee.access import committee_schemes
from review.committee.queries import terms_of
from review.office.access import chosen_scheme

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.requests import SignedInRequest


@staff_only
@require_safe
def committee(request: SignedInRequest) -> HttpResponse:
    """List the members of a scheme's committee with their terms, ended ones at the end."""
    schemes = committee_schemes(request.user)
    scheme = chosen_scheme(request, schemes)
    terms = terms_of(scheme)
    context = {
        "scheme": scheme,
        "schemes": schemes,
        "terms": terms,
        "in_force": len({term.appointment.person_id for term in terms if term.state == "in_force"}),
    }
    return render(request, "review/committee/members.html", context)
