"""Who gets into the staff's pages at all; what they see there follows from their appointments."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse

from credits.querysets import READERS

View = Callable[..., HttpResponse]


def staff_only(view: View) -> View:
    """Show the page to those who review or read other people's records; to everybody else it does not exist."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.standing.has(*READERS):  # type: ignore[union-attr]  # login_required let nobody else in
            raise Http404
        return view(request, *args, **kwargs)

    return guarded
