"""The public service page of a scheme (办事指南), and the attachments of its rounds' notices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from credits.models import RoundFile, Scheme
from credits.regulation import offices, procedure, regulations
from credits.service_page import cohort_of, periods_of, round_cards, rulings_shown, version_shown
from portal.files import serve

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse, HttpResponseBase


@require_safe
def service(request: HttpRequest, code: str) -> HttpResponse:
    """Tell everybody what the scheme recognises, when, how and by which regulation; whom to ask."""
    scheme = get_object_or_404(Scheme, code=code)
    found = periods_of(scheme)
    version = version_shown(found, cohort_of(request.user) if request.user.is_authenticated else None)
    if version is None:
        raise Http404
    context = {
        "scheme": scheme,
        "version": version,
        "data": version.data,
        "service": version.data.service,
        "offices": offices(version.data),
        "steps": procedure(version.data),
        "regulations": regulations(version.data),
        "periods": found,
        "cards": round_cards(version),
        "rulings": rulings_shown(scheme),
    }
    return render(request, "credits/service.html", context)


@require_safe
def round_file(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """Hand out an attachment: to everybody while its round is published, always to the office that keeps it."""
    found = RoundFile.objects.visible_to(request.user).select_related("file")
    return serve(request, get_object_or_404(found, file__key=key).file, inline=True)
