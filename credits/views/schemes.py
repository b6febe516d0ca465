"""The public pages of schemes: every version as people read it, and its raw text for the office."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from credits.evaluation.describe import describe_scheme
from credits.models import Scheme, SchemeVersion
from credits.periods import periods
from credits.rules import holds_office
from credits.service_page import periods_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portal.requests import SignedInRequest


@require_safe
def schemes(request: HttpRequest) -> HttpResponse:
    """List every scheme with its versions and when each holds."""
    today = timezone.localdate()
    found = Scheme.objects.prefetch_related(Prefetch("versions", SchemeVersion.objects.defer("source")))
    rows = [{"scheme": scheme, "periods": periods(list(scheme.versions.all()), today)} for scheme in found]
    return render(request, "credits/schemes.html", {"rows": rows})


@require_safe
def scheme_version(request: HttpRequest, code: str, label: str) -> HttpResponse:
    """Show one version, old ones too: rules, tables and clauses, as its claims are judged."""
    version = get_object_or_404(SchemeVersion.objects.select_related("scheme"), scheme__code=code, label=label)
    found = periods_of(version.scheme)
    user = request.user
    context = {
        "version": version,
        "data": version.data,
        "sections": describe_scheme(version.data),
        "periods": found,
        "period": next(row for row in found if row.version == version),
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
