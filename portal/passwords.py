"""Whoever signs in with a password that somebody else chose changes it before anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from portal.campus.sessions import is_from_campus

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

ALLOWED = frozenset({"password_change", "signout", "set_language", "jsi18n"})


class PasswordDueMiddleware:
    """Leads to the page of the password until it was changed; every other address answers with that page.

    Who came through the campus used no password of ours, and need not know the one to change.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        """Turn away whoever still has a password to change."""
        user = request.user
        if not user.is_authenticated or not user.must_change_password or is_from_campus(request.session):
            return None
        match = request.resolver_match
        if match is not None and match.view_name in ALLOWED:
            return None
        return HttpResponseRedirect(reverse("password_change"))
