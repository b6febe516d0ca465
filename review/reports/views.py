"""The page of ready-made reports, and of each its parameters and its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from review.reports.asking import asked_by, reporting_schemes
from review.reports.kinds import PREFIX, report_for, reports_for
from review.views.exports import answer, taken

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.requests import SignedInRequest


@login_required
@require_safe
def reports(request: SignedInRequest) -> HttpResponse:
    """List the reports, each with a sentence."""
    found = reports_for(request.user)
    if not found:
        raise Http404
    return render(request, "review/reports/list.html", {"reports": found})


@login_required
@taken
def report(request: SignedInRequest, code: str) -> HttpResponse:
    """Show what the report may be narrowed by; hand it out when asked."""
    kind = report_for(request.user, code)
    asked = asked_by(request, kind.parameters)
    extra = {"report": kind, "asked": asked, "schemes": reporting_schemes(request.user)}
    return answer(request, f"{PREFIX}{code}", template="review/reports/report.html", extra=extra)
