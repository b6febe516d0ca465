"""Who gets into the committee's pages, and what a verb that came too late is answered."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from credits.models import Scheme
from credits.querysets import WHOLE_SCHEME, schemes_of
from portal.middleware import typed_words
from portal.models import Event
from review.models import AgendaItem, Meeting
from review.services.meetings import MeetingMoved

if TYPE_CHECKING:
    from collections.abc import Callable

    from portal.models import EventBase, Person
    from portal.requests import SignedInRequest

    View = Callable[..., HttpResponse]

RELATED = ("scheme", "round")


def committee_schemes(person: Person) -> list[Scheme]:
    """Return the schemes whose committee the person belongs to, serves or audits (404 for everybody else)."""
    found = list(Scheme.objects.filter(schemes_of(person, sorted(WHOLE_SCHEME), path="")))
    if not found:
        raise Http404
    return found


def seen_meeting(request: SignedInRequest, pk: int) -> Meeting:
    """Return a meeting that the person keeps, is called to, or audits (404 otherwise)."""
    return get_object_or_404(Meeting.objects.visible_to(request.user).select_related(*RELATED), pk=pk)


def kept_meeting(request: SignedInRequest, pk: int) -> Meeting:
    """Return a meeting of a scheme whose office the person is (404 otherwise)."""
    return get_object_or_404(Meeting.objects.kept_by(request.user).select_related(*RELATED), pk=pk)


def seen_item(request: SignedInRequest, pk: int) -> AgendaItem:
    """Return an item of a meeting that the person sees (404 otherwise)."""
    return get_object_or_404(AgendaItem.objects.visible_to(request.user).with_claims(), pk=pk)


def told_when_late(view: View) -> View:
    """Answer a verb on a meeting that has moved on with who was faster, when, and what has become of it (409)."""

    @wraps(view)
    def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except MeetingMoved as moved:
            context = {"meeting": moved.meeting, "why": str(moved), "last": _last(moved), "typed": typed_words(request)}
            return render(request, "review/committee/moved.html", context, status=409)

    return guarded


def _last(moved: MeetingMoved) -> EventBase | None:
    """Return the event after which the page was too old: of the claim, for a decided item, or of the meeting."""
    if moved.claim is not None:
        return moved.claim.events.order_by("-pk").first()
    return Event.objects.filter(subject_kind="meeting", subject_key=str(moved.meeting.pk)).order_by("-pk").first()
