"""The pages of what the office reports: points per student, conversions with their grades."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from review.summaries.grades import GradeList
from review.summaries.points import PointsList
from review.views.exports import answer, taken

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.requests import SignedInRequest


@login_required
@require_safe
def points(request: SignedInRequest) -> HttpResponse:
    """List the students of a scheme with their recognised points by category."""
    found = PointsList(request)
    if not found.schemes:
        raise Http404
    context = {"points": found, "listing": found.listing, "form": found.listing.form, "rows": found.rows()}
    return render(request, "review/office/points.html", context)


@login_required
@taken
def points_export(request: SignedInRequest) -> HttpResponse:
    """Hand out the students that the filters show, with their points."""
    if not PointsList(request).schemes:
        raise Http404
    return answer(request, "points")


@login_required
@require_safe
def grades(request: SignedInRequest) -> HttpResponse:
    """List the approved conversions with their grades."""
    found = GradeList(request)
    if not found.schemes:
        raise Http404
    context = {"grades": found, "listing": found.listing, "form": found.listing.form}
    return render(request, "review/office/grades.html", context)


@login_required
@taken
def grades_export(request: SignedInRequest) -> HttpResponse:
    """Hand out the conversions that the filters show."""
    if not GradeList(request).schemes:
        raise Http404
    return answer(request, "grades")
