"""The office's pages of training plans: list, one course, and the window in which a term's courses may be offset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from conversion.models import PlanCourse
from conversion.services.plans import keep_plan, open_plans
from portal.listing import Listing, Sorts
from review.imports.plan_sheet import kinds_of
from review.office.course_forms import OfferingForm
from review.office.plan_access import chosen_plan_scheme, plan_schemes
from review.office.plan_forms import PlanFilter, PlanForm

if TYPE_CHECKING:
    from django.http import HttpResponse

    from credits.models import Scheme
    from portal.requests import SignedInRequest

SORTS = Sorts(
    {
        "major": ("major__code", "-cohort", "course__code", "pk"),
        "cohort": ("cohort", "major__code", "course__code", "pk"),
        "code": ("course__code", "major__code", "cohort", "pk"),
    },
    default="major",
)
OK, REFUSED = 200, 422


@login_required
@require_safe
def plans(request: SignedInRequest) -> HttpResponse:
    """List the courses of the training plans with their kind."""
    schemes = plan_schemes(request.user)
    scheme = chosen_plan_scheme(request)
    names = {code: name for name, code in kinds_of(scheme).items()}
    found = PlanCourse.objects.filter(scheme=scheme).select_related("major__college", "course")
    listing = Listing(request, found, sorts=SORTS, form=PlanFilter(request.GET, scheme=scheme))
    rows = [(row, names.get(row.kind, row.kind)) for row in listing.rows]
    context = {"listing": listing, "form": listing.form, "rows": rows, "scheme": scheme, "schemes": schemes}
    return render(request, "review/office/plans.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def plan_new(request: SignedInRequest) -> HttpResponse:
    """Add a course to a plan."""
    return _plan_page(request, chosen_plan_scheme(request), None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def plan_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change the kind of a course in a plan, its name or its credits, or take it out of use."""
    plan_schemes(request.user)
    kept = PlanCourse.objects.kept_by(request.user).select_related("scheme", "major", "course")
    row = get_object_or_404(kept, pk=pk)
    return _plan_page(request, row.scheme, row)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def plan_term(request: SignedInRequest) -> HttpResponse:
    """Open a term: one window for all courses of the plans."""
    scheme = chosen_plan_scheme(request)
    form = OfferingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.offering_data()
        try:
            opened = open_plans(request.user, scheme, data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            words = {"term": data.term, "created": opened.created, "changed": opened.changed}
            messages.success(request, _("%(term)s：新开放 %(created)s 门课程，改期 %(changed)s 门。") % words)
            return redirect(_list_of(scheme))
    context = {"form": form, "scheme": scheme}
    return render(request, "review/office/plan_term.html", context, status=REFUSED if form.is_bound else OK)


def _plan_page(request: SignedInRequest, scheme: Scheme, row: PlanCourse | None) -> HttpResponse:
    form = PlanForm(scheme, row, request.POST or None)
    if request.method == "POST" and form.is_valid():
        entry = form.entry()
        try:
            keep_plan(request.user, scheme, [entry])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            words = {"major": entry.major, "cohort": entry.cohort, "course": entry.name}
            messages.success(request, _("%(major)s %(cohort)s 级培养方案的“%(course)s”已保存。") % words)
            return redirect(_list_of(scheme))
    context = {"form": form, "scheme": scheme, "row": row}
    return render(request, "review/office/plan_form.html", context, status=REFUSED if form.is_bound else OK)


def _list_of(scheme: Scheme) -> str:
    return f"{reverse('review:plans')}?scheme={scheme.code}"
