"""Who is let into the pages of experts, and of those who assign them; to everybody else they do not exist (404)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse

from portal.enums import Role
from review.experts.routing import READERS

View = Callable[..., HttpResponse]


def _only(*roles: str) -> Callable[[View], View]:
    def guard(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.standing.has(*roles):  # type: ignore[union-attr]  # login_required let nobody else in
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return guard


experts_only = _only(Role.EXPERT)
assigners_only = _only(*READERS)
office_only = _only(Role.OFFICE)
secretaries_only = _only(Role.SECRETARY)
