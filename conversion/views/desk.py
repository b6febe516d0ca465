"""The student's first page (我的桌面)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from conversion.home import home_of
from conversion.views.standing import own_student

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.requests import SignedInRequest


@login_required
@require_safe
def desk(request: SignedInRequest) -> HttpResponse:
    """Show what the student has, has to do, and could do."""
    return render(request, "conversion/desk.html", {"home": home_of(own_student(request))})
