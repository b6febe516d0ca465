"""The first page of those who review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_GET

from review.access import staff_only
from review.desk.home import desk_context

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.requests import SignedInRequest


@staff_only
@require_GET
def desk(request: SignedInRequest) -> HttpResponse:
    """Show what waits for the person, how long it has waited, and what comes next."""
    return render(request, "review/desk.html", desk_context(request.user))
