"""The student's claims: the list and one claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render

from credits.models import Claim

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@login_required
def claims(request: HttpRequest) -> HttpResponse:
    """Show the student's claims."""
    return render(request, "credits/claims.html", {"rows": Claim.objects.owned_by(request.user)})


@login_required
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one claim."""
    row = get_object_or_404(Claim.objects.visible_to(request.user), pk=pk)
    return render(request, "credits/claim.html", {"claim": row})
