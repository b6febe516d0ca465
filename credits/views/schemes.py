"""The public pages of schemes: every version as people read it, and its raw text for the office."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from credits.evaluation.describe import describe_scheme
from credits.models import Scheme, SchemeVersion
from credits.rules import holds_office

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portal.requests import SignedInRequest


@require_safe
def schemes(request: HttpRequest) -> HttpResponse:
    """List every scheme with its versions, the one in force marked."""
    today = timezone.localdate()
    rows = [
        {
            "scheme": scheme,
            "versions": list(scheme.versions.all()),
            "current": SchemeVersion.objects.in_force(today).filter(scheme=scheme).first(),
        }
        for scheme in Scheme.objects.prefetch_related("versions")
    ]
    return render(request, "credits/schemes.html", {"rows": rows})


@require_safe
def scheme(_request: HttpRequest, code: str) -> HttpResponse:
    """Go to the version in force."""
    current = SchemeVersion.objects.in_force(timezone.localdate()).filter(scheme__code=code).first()
    if current is None:
        raise Http404
    return redirect("credits:scheme_version", code=code, label=current.label)


@require_safe
def scheme_version(request: HttpRequest, code: str, label: str) -> HttpResponse:
    """Show one version: rules, tables and clauses, as its claims are judged."""
    version = get_object_or_404(SchemeVersion.objects.select_related("scheme"), scheme__code=code, label=label)
    user = request.user
    context = {
        "version": version,
        "data": version.data,
        "sections": describe_scheme(version.data),
        "versions": version.scheme.versions.all(),
        "is_office": user.is_authenticated and holds_office(user, version.scheme),
    }
    return render(request, "credits/scheme.html", context)


@login_required
@require_safe
def scheme_source(request: SignedInRequest, code: str, label: str) -> HttpResponse:
    """Hand the version's raw text to its office; for everybody else there is no such page."""
    version = get_object_or_404(SchemeVersion.objects.select_related("scheme"), scheme__code=code, label=label)
    if not holds_office(request.user, version.scheme):
        raise Http404
    response = HttpResponse(version.source, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{version.scheme.code}-{version.pk}.toml"'
    return response
