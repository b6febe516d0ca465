"""What every request passes: its origin for the trail, and answers to workflow errors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.utils import timezone

from portal.addresses import client_address
from portal.models import Event
from portal.moments import arrived
from portal.trail import set_origin
from portal.workflow import NotAllowed, StaleRecord, StaleSubject

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse


class OriginMiddleware:
    """Remembers the request's id and the client's address, and sends the id back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; a deadline asks when it arrived, not when its files were read."""
        origin = set_origin(client_address(request) or None)
        with arrived(timezone.now()):
            response = self.get_response(request)
        response["X-Request-ID"] = origin.request_id
        return response


# What people write in their own words; the part after the last hyphen or underscore of a field's name says so.
TYPED_FIELDS = frozenset({
    *("reason", "points", "score", "content", "comment", "answer", "appeal", "note", "words"),
    *("finding", "measure", "title", "name", "number", "phone", "email", "place"),
})  # fmt: skip


def answer(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    """Answer a workflow error with its page, which gives back what the person had typed; None for anything else."""
    if isinstance(exception, StaleSubject):
        subject = exception.subject
        trail: Any = subject.EVENT._base_manager  # every concrete event names its subject
        return _stale(request, trail.filter(subject=subject), subject)
    if isinstance(exception, StaleRecord):
        events = Event.objects.filter(subject_kind=exception.kind, subject_key=exception.key)
        return _stale(request, events, {"get_absolute_url": exception.address})
    if isinstance(exception, NotAllowed):
        return render(request, "403.html", {"exception": exception.verdict.reason}, status=403)
    return None


def _stale(request: HttpRequest, events: QuerySet[Any], subject: Any) -> HttpResponse:
    context = {"subject": subject, "last": events.order_by("-pk").first(), "typed": typed_words(request)}
    return render(request, "portal/stale.html", context, status=409)


def typed_words(request: HttpRequest) -> list[str]:
    """Return what the person had written into the form, in its order, for the page that says it was not carried out."""
    return [str(words) for name, words in request.POST.items() if _is_typed(name) and str(words).strip()]


def _is_typed(name: str) -> bool:
    return re.split("[-_]", name)[-1] in TYPED_FIELDS


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
