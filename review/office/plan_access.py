"""Who is let into the pages of training plans: the office of a scheme that offsets courses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404

from conversion.plans import offsets_courses
from review.office.access import chosen_scheme, kept_schemes

if TYPE_CHECKING:
    from credits.models import Scheme
    from portal.models import Person
    from portal.requests import SignedInRequest


def plan_schemes(person: Person) -> list[Scheme]:
    """Return the schemes with training plans for which the person is the office; none is 404."""
    found = [scheme for scheme in kept_schemes(person) if offsets_courses(scheme)]
    if not found:
        raise Http404
    return found


def chosen_plan_scheme(request: SignedInRequest) -> Scheme:
    """Return the scheme whose plans the address names, the first one when it names none."""
    return chosen_scheme(request, plan_schemes(request.user))
