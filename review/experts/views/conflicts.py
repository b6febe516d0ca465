"""利益关系: what experts declare for themselves, and the office's list for everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from credits.models import Scheme
from credits.querysets import schemes_of
from portal.enums import Role
from portal.listing import Listing, Sorts
from review.experts.access import experts_only, office_only
from review.experts.forms import ConflictForm, ReasonForm
from review.models import Conflict
from review.services.conflicts import declare_conflict, lift_conflict

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpResponse

    from portal.models import Person
    from portal.requests import SignedInRequest

SORTS = Sorts({"declared": ("declared_at", "pk")}, default="-declared")
RELATED = ("scheme", "person", "student__person", "student__college", "declared_by")


@experts_only
@require_http_methods(["GET", "HEAD", "POST"])
def expert_conflicts(request: SignedInRequest) -> HttpResponse:
    """List the expert's own declarations and take a new one."""
    schemes = Scheme.objects.filter(schemes_of(request.user, [Role.EXPERT, Role.COMMITTEE], path=""))
    form = ConflictForm(schemes, request.POST or None, own=request.user)
    if _declared(request, form):
        return redirect("review:expert_conflicts")
    found = Conflict.objects.filter(person=request.user)
    return _page(request, form, found, "review/experts/own_conflicts.html")


@office_only
@require_http_methods(["GET", "HEAD", "POST"])
def conflicts(request: SignedInRequest) -> HttpResponse:
    """List the declarations under the office's schemes and take a new one for somebody."""
    schemes = Scheme.objects.filter(schemes_of(request.user, [Role.OFFICE], path=""))
    form = ConflictForm(schemes, request.POST or None)
    if _declared(request, form):
        return redirect("review:conflicts")
    return _page(request, form, _kept(request.user), "review/experts/conflicts.html")


@office_only
@require_POST
def conflict_lift(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a declaration back that was wrong, with the reason."""
    row = get_object_or_404(_kept(request.user).select_related(*RELATED), pk=pk)
    form = ReasonForm(request.POST)
    if form.is_valid():
        lift_conflict(row, request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("已撤销 %(name)s 的申明。") % {"name": row.person.name})
    else:
        messages.error(request, _("请填写撤销的理由，申明没有撤销。"))
    return redirect("review:conflicts")


def _kept(person: Person) -> QuerySet[Conflict]:
    return Conflict.objects.filter(schemes_of(person, [Role.OFFICE]))


def _declared(request: SignedInRequest, form: ConflictForm) -> bool:
    if request.method != "POST" or not form.is_valid():
        return False
    asked = form.cleaned_data
    try:
        declare_conflict(asked["scheme"], request.user, asked["person"], asked["student"], reason=asked["reason"])
    except ValidationError as error:
        form.take(error)
        return False
    messages.success(request, _("已申明与 %(name)s 的利益关系。") % {"name": asked["student"].person.name})
    return True


def _page(request: SignedInRequest, form: ConflictForm, found: QuerySet[Conflict], template: str) -> HttpResponse:
    listing = Listing(request, found.select_related(*RELATED), sorts=SORTS)
    context = {"form": form, "listing": listing, "lifting": ReasonForm()}
    return render(request, template, context, status=422 if form.is_bound else 200)
