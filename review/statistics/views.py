"""The page of statistics, and the button that has them counted again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from review.models import Statistics
from review.reports.asking import asked_by, colleges_of, reporting_schemes
from review.services.statistics import can_take_statistics, running_job, start_statistics
from review.statistics.tables import tables_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.requests import SignedInRequest

PARAMETERS = ("college",)


@login_required
@require_safe
def statistics(request: SignedInRequest) -> HttpResponse:
    """Show the stored figures of a scheme: of all colleges, of one, or of the reader's own."""
    asked = asked_by(request, PARAMETERS)
    scheme, chosen = asked.scheme, asked.facts.get("college")
    taken = Statistics.objects.filter(scheme=scheme).select_related("taken_by").first()
    reach = {chosen.pk} if chosen else set(colleges_of(request.user, scheme).values_list("pk", flat=True))
    may_take = can_take_statistics(request.user, scheme)
    context = {
        "asked": asked,
        "schemes": reporting_schemes(request.user),
        "taken": taken,
        "tables": tables_of(taken.figures, reach, asked.words, experts=may_take.ok and not chosen) if taken else [],
        "may_take": may_take,
        "job": running_job(scheme),
    }
    return render(request, "review/statistics/page.html", context)


@login_required
@require_POST
def statistics_take(request: SignedInRequest, code: str) -> HttpResponse:
    """Have the figures counted again."""
    scheme = next((row for row in reporting_schemes(request.user) if row.code == code), None)
    if scheme is None:
        raise Http404
    job = start_statistics(scheme, request.user)
    messages.success(request, _("正在统计，完成后在“统计”页查看新的数字。"))
    return redirect("job_detail", job.pk)
