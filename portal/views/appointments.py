"""Powers: what one may do and why, passing it on for a time, and for those who answer for it who can do what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.administration import is_administrator
from portal.delegations.forms import AppointmentFilter, DelegationForm
from portal.delegations.holdings import given_by, held_by, read_by, scope_in_words, shown
from portal.delegations.rules import can_delegate, sees_everybody
from portal.delegations.services import delegate, revoke_delegation
from portal.listing import Listing, Sorts
from portal.models import Appointment
from portal.scopes import known_names
from portal.workflow import NotAllowed

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.requests import SignedInRequest

SORTS = Sorts({"person": ("person__number", "pk"), "since": ("starts_on", "pk")}, default="person")
OK, REFUSED = 200, 422


@login_required
@require_safe
def powers(request: SignedInRequest) -> HttpResponse:
    """Show what the person may do, where, until when, by whom it was given and why; and what they passed on."""
    held, given = held_by(request.user), given_by(request.user)
    if not held and not given and not request.user.is_superuser:
        raise Http404
    return render(request, "portal/powers/own.html", {"held": held, "given": given})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delegation_new(request: SignedInRequest, pk: int) -> HttpResponse:
    """Pass an own power on for a time."""
    source = get_object_or_404(Appointment.objects.select_related("college", "class_group"), pk=pk, person=request.user)
    if not (verdict := can_delegate(request.user, source)):
        raise NotAllowed(verdict)
    form = DelegationForm(request.POST or None, source=source)
    if request.method == "POST" and form.is_valid():
        try:
            row = delegate(source, request.user, form.wish)
        except ValidationError as error:
            form.reject(error)
        else:
            told = {"name": row.person.name, "role": row.get_role_display()}
            messages.success(request, _("已委托 %(name)s 代行：%(role)s。") % told)
            return redirect("powers")
    context = {"form": form, "source": source, "scope": scope_in_words(source, known_names())}
    return render(request, "portal/powers/delegate.html", context, status=REFUSED if form.is_bound else OK)


@login_required
@require_POST
def delegation_revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    """End a delegation: the giver, whoever was given it, or who keeps the appointments."""
    mine = Q() if is_administrator(request.user) else Q(person=request.user) | Q(delegated_by=request.user)
    row = get_object_or_404(Appointment.objects.filter(mine, delegated_by__isnull=False), pk=pk)
    revoke_delegation(row, request.user)
    messages.success(request, _("委托已结束，立即生效。"))
    return redirect("powers" if request.user.pk in {row.person_id, row.delegated_by_id} else "appointments")


@login_required
@require_safe
def appointments(request: SignedInRequest) -> HttpResponse:
    """List who can do what, where, until when and by whom."""
    listing = appointment_listing(request)
    context = {
        "listing": listing,
        "form": listing.form,
        "rows": shown(listing.rows),
        "may_end": is_administrator(request.user),
    }
    return render(request, "portal/powers/list.html", context)


def appointment_listing(request: SignedInRequest) -> Listing:
    """Return the appointments that the person reads, as the address asks for them; 404 for whoever reads none."""
    if not sees_everybody(request.user):
        raise Http404
    return Listing(request, read_by(request.user), sorts=SORTS, form=AppointmentFilter(request.GET))
