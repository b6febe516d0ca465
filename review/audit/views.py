"""The audit pages: a list, one event, an export. Nothing is edited here, and nothing could be: the tables refuse it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from portal.delegations.holdings import scope_in_words
from portal.models import Appointment
from portal.scopes import known_names
from review.audit.lists import RELATED, AuditList, Row, Stages
from review.audit.sight import Trail, events_for, trails_of
from review.views.exports import answer, taken

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.requests import SignedInRequest


@login_required
@require_safe
def audit(request: SignedInRequest) -> HttpResponse:
    """List what happened, the newest first."""
    shown = AuditList(request)
    context = {
        "listing": shown.listing,
        "form": shown.form,
        "rows": shown.rows,
        "trails": shown.trails,
        "trail": shown.trail,
    }
    return render(request, "review/audit/list.html", context)


@login_required
@require_safe
def audit_event(request: SignedInRequest, trail: str, pk: int) -> HttpResponse:
    """Show one event: what it changed, and the appointment that it was done under."""
    if trail not in trails_of(request.user):
        raise Http404
    found = events_for(request.user, trail).select_related(*RELATED[Trail(trail)])
    event = get_object_or_404(found, pk=pk)
    held = Appointment.objects.select_related("college", "class_group", "person", "delegated_by")
    power = held.filter(pk=event.appointment_id).first() if event.appointment_id else None
    context = {
        "row": Row(event, trail, Stages(trail).of(event)),
        "event": event,
        "power": power,
        "scope": scope_in_words(power, known_names()) if power else "",
        "trail": trail,
    }
    return render(request, "review/audit/event.html", context)


@login_required
@taken
def audit_export(request: SignedInRequest) -> HttpResponse:
    """Hand out the events that the filters show; the export itself is an event."""
    if not trails_of(request.user):
        raise Http404
    return answer(request, "audit")
