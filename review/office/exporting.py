"""The one page by which the office's lists are taken away; each list says itself who may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.http import Http404

from review.office.list_exports import LIST_EXPORTS
from review.views.exports import answer, taken

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.requests import SignedInRequest


@login_required
@taken
def list_export(request: SignedInRequest, kind: str) -> HttpResponse:
    """Hand out a list as its filters show it."""
    if kind not in LIST_EXPORTS:
        raise Http404
    return answer(request, kind)
