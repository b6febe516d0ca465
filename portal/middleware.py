"""What every request passes: its origin for the trail, and answers to workflow errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import render

from portal.addresses import client_address
from portal.trail import set_origin
from portal.workflow import NotAllowed, StaleSubject

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


class OriginMiddleware:
    """Remembers the request's id and the client's address, and sends the id back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        origin = set_origin(client_address(request) or None)
        response = self.get_response(request)
        response["X-Request-ID"] = origin.request_id
        return response


TYPED_FIELDS = ("reason", "points", "content")


def answer(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    """Answer a workflow error with its page, which gives back what the person had typed; None for anything else."""
    if isinstance(exception, StaleSubject):
        subject = exception.subject
        trail: Any = subject.EVENT._base_manager  # every concrete event names its subject
        last = trail.filter(subject=subject).order_by("-pk").first()
        typed = [request.POST[key] for key in TYPED_FIELDS if request.POST.get(key)]
        return render(request, "portal/stale.html", {"subject": subject, "last": last, "typed": typed}, status=409)
    if isinstance(exception, NotAllowed):
        return render(request, "403.html", {"exception": exception.verdict.reason}, status=403)
    return None


class WorkflowErrorMiddleware:
    """Turns a stale page into "somebody else was faster" (409) and a refused verb into its reason (403)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer the two workflow errors; leave all others alone."""
        return answer(request, exception)
