"""Who is let into the office's pages, and for which scheme they work there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404

from credits.models import Scheme
from credits.querysets import schemes_of
from portal.enums import Role

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portal.models import Person


def kept_schemes(person: Person) -> list[Scheme]:
    """Return the schemes for which the person is the office; nobody else learns that these pages exist (404)."""
    found = list(Scheme.objects.filter(schemes_of(person, [Role.OFFICE], path="")))
    if not found:
        raise Http404
    return found


def chosen_scheme(request: HttpRequest, schemes: list[Scheme]) -> Scheme:
    """Return the scheme that the address names, the first one when it names none of them."""
    wanted = request.GET.get("scheme") or request.POST.get("scheme")
    return next((scheme for scheme in schemes if scheme.code == wanted), schemes[0])
