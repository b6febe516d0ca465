"""The way to the campus's sign-in and back, and the way out through both."""

from __future__ import annotations

import logging
import re
import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import login
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from portal.addresses import own_page
from portal.campus import sessions
from portal.campus.accounts import Refusal, person_with, refusal_of
from portal.campus.server import (
    CampusUnreachableError,
    NotALogoutRequestError,
    login_address,
    logout_address,
    number_behind,
    service_address,
    ticket_in,
)

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portal.models import Person

logger = logging.getLogger(__name__)

BACKEND = "portal.campus.backend.CampusBackend"
STATE_COOKIE = "portal_campus"
STATE = re.compile(r"[\w-]{22}", re.ASCII)
STATUS = {Refusal.TICKET: 400, Refusal.INTERRUPTED: 400, Refusal.UNREACHABLE: 503}


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def campus(request: HttpRequest) -> HttpResponse:
    """Be the address that the CAS server knows: people come back to it, and it is told who signed out.

    The POST needs no token, because it comes from the server: it ends the one session whose ticket it names, and
    a ticket is known to nobody but that session's browser and the server.
    """
    if not settings.CAS_SERVER_URL:
        raise Http404
    if request.method == "POST":
        return _single_logout(request)
    if request.user.is_authenticated:
        return redirect(own_page(request.GET.get("next", "")) or "home")
    asked_for = "ticket" in request.GET and STATE.fullmatch(request.GET.get("state", ""))
    return _come_back(request) if asked_for else _set_out(request)


@never_cache
@require_safe
def campus_out(request: HttpRequest) -> HttpResponse:
    """Lead on to the campus's sign-out after the portal's.

    A page of its own: Chromium follows no redirect from a form to another site under the portal's form-action.
    """
    if not settings.CAS_SERVER_URL:
        raise Http404
    return render(request, "portal/campus_out.html", {"logout": logout_address(request)})


def _set_out(request: HttpRequest) -> HttpResponse:
    """Lead to the server, with a secret in a cookie that has to come back with the ticket.

    Without it, a link with somebody else's ticket would sign a person in under a foreign name. A ticket that came
    unasked, from a link on the campus's own pages, is left alone: the server gives another one at once.
    """
    kept = request.COOKIES.get(STATE_COOKIE, "")
    state = kept if STATE.fullmatch(kept) else secrets.token_urlsafe(16)  # two tabs share it
    service = service_address(request, state=state, next=own_page(request.GET.get("next", "")))
    response = redirect(login_address(service))
    response.set_cookie(
        STATE_COOKIE, state, path=reverse("campus"), secure=request.is_secure(), httponly=True, samesite="Lax"
    )
    return response


def _come_back(request: HttpRequest) -> HttpResponse:
    """Let in whom the ticket was given to, or say why not."""
    state, onward = request.GET["state"], own_page(request.GET.get("next", ""))
    if not constant_time_compare(state, request.COOKIES.get(STATE_COOKIE, "")):
        return _refuse(request, Refusal.INTERRUPTED)
    ticket = request.GET["ticket"]
    try:
        number = number_behind(ticket, service_address(request, state=state, next=onward))
    except CampusUnreachableError:
        return _refuse(request, Refusal.UNREACHABLE)
    if not number:
        return _refuse(request, Refusal.TICKET if number is None else Refusal.NAMELESS)
    person = person_with(number)
    refusal = refusal_of(person)
    if person is None or refusal:
        return _refuse(request, refusal or Refusal.UNKNOWN, number)
    return _let_in(request, person, ticket, onward)


def _let_in(request: HttpRequest, person: Person, ticket: str, onward: str) -> HttpResponse:
    """Open the session and note which ticket opened it."""
    with transaction.atomic():
        login(request, person, backend=BACKEND)
        sessions.remember(request.session, ticket)
    response = redirect(onward or "home")
    response.delete_cookie(STATE_COOKIE, path=reverse("campus"), samesite="Lax")
    return response


def _refuse(request: HttpRequest, refusal: Refusal, number: str = "") -> HttpResponse:
    """Say who the campus says this is, why that does not lead in, and what to do."""
    logger.warning(
        "A campus sign-in was refused: %s", refusal.value, extra={"refusal": refusal.value, "number": number}
    )
    facts = {
        "refusal": refusal,
        "number": number,
        "next": own_page(request.GET.get("next", "")),
        "contact": settings.ACCOUNT_CONTACT,
        "logout": logout_address(request),
    }
    return render(request, "portal/campus_refused.html", facts, status=STATUS.get(refusal, 403))


def _single_logout(request: HttpRequest) -> HttpResponse:
    """End the session that the server names; it gets the same answer whether there was one or not."""
    try:
        sessions.end(ticket_in(request.POST.get("logoutRequest", "")))
    except NotALogoutRequestError:
        return HttpResponseBadRequest()
    return HttpResponse(status=204)
