"""委员会会议: the list, the plan of a meeting, its page, who is present, its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.listing import Listing, Sorts
from review.access import staff_only
from review.committee.access import committee_schemes, kept_meeting, seen_meeting, told_when_late
from review.committee.agenda import meeting_context
from review.committee.forms import CloseForm, MeetingForm, PresenceForm, meeting_initial
from review.committee.queries import members_on, members_until
from review.committee.tally import quorum_of
from review.models import ItemOutcome, Meeting, MeetingState
from review.office.access import chosen_scheme, kept_schemes
from review.services.meetings import change_meeting, close_meeting, note_presence, plan_meeting
from review.views.deciding import errors_of

if TYPE_CHECKING:
    from django.forms import Form
    from django.http import HttpResponse

    from credits.models import Scheme
    from portal.requests import SignedInRequest

SORTS = Sorts({"held": ("held_at", "pk")}, default="-held")
OK, REFUSED = 200, 422


@staff_only
@require_safe
def meetings(request: SignedInRequest) -> HttpResponse:
    """List the meetings that the person keeps, is called to, or audits."""
    schemes = committee_schemes(request.user)
    found = Meeting.objects.visible_to(request.user).select_related("scheme", "round")
    pending = Count("items", filter=Q(items__outcome=ItemOutcome.PENDING))
    listing = Listing(request, found.annotate(number=Count("items"), pending=pending), sorts=SORTS, keyset=False)
    context = {"listing": listing, "several": len(schemes) > 1, "keeps": request.user.standing.has("office")}
    return render(request, "review/committee/meetings.html", context)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_new(request: SignedInRequest) -> HttpResponse:
    """Call a meeting."""
    schemes = kept_schemes(request.user)
    return _plan_page(request, chosen_scheme(request, schemes), None, schemes)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
@told_when_late
def meeting_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change the plan of a meeting that has not begun."""
    row = kept_meeting(request, pk)
    return _plan_page(request, row.scheme, row, [row.scheme])


@staff_only
@require_safe
def meeting(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a meeting: where it stands, who is called, what is on the agenda and what was decided."""
    return render(request, "review/committee/meeting.html", meeting_context(request, seen_meeting(request, pk)))


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
@told_when_late
def meeting_presence(request: SignedInRequest, pk: int) -> HttpResponse:
    """Open the meeting with those who are present, or say who is there now."""
    row = kept_meeting(request, pk)
    if request.method != "POST" and row.state == MeetingState.CLOSED:
        raise Http404
    called = list(row.attendances.select_related("person"))
    opens = row.state == MeetingState.PLANNED
    start = {
        "present": [seat.person_id for seat in called if seat.present or opens],
        "chair": next((seat.person_id for seat in called if seat.chairs), None),
        "revision": row.revision,
    }
    form = PresenceForm(called, request.POST or None, initial=start)
    if form.is_bound and form.is_valid():
        asked = form.cleaned_data
        try:
            note_presence(row, request.user, present=asked["present"], chair=asked["chair"], revision=asked["revision"])
        except ValidationError as error:
            _take(form, error)
        else:
            messages.success(request, _("会议已开始。") if opens else _("出席情况已更新。"))
            return redirect("review:meeting", pk=row.pk)
    context = {"meeting": row, "form": form, "opens": opens, "called": called, "quorum": quorum_of(len(called))}
    return render(request, "review/committee/presence.html", context, status=REFUSED if form.is_bound else OK)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
@told_when_late
def meeting_close(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what closing will do, and close the meeting for good."""
    row = kept_meeting(request, pk)
    if request.method != "POST" and row.state != MeetingState.OPEN:
        raise Http404
    form = CloseForm(request.POST or None, initial={"revision": row.revision, "note": row.note})
    if form.is_bound and form.is_valid():
        asked = form.cleaned_data
        close_meeting(row, request.user, words=asked["note"], revision=asked["revision"])
        messages.success(request, _("会议已结束，纪要已封存。"))
        return redirect("review:meeting", pk=row.pk)
    pending = row.items.with_claims().filter(outcome=ItemOutcome.PENDING).order_by("position")
    context = {"meeting": row, "form": form, "pending": list(pending)}
    return render(request, "review/committee/close.html", context, status=REFUSED if form.is_bound else OK)


def _plan_page(request: SignedInRequest, scheme: Scheme, row: Meeting | None, schemes: list[Scheme]) -> HttpResponse:
    if request.method != "POST" and row is not None and row.state != MeetingState.PLANNED:
        raise Http404
    start = meeting_initial(row, members_on(scheme, timezone.localdate()))
    form = MeetingForm(scheme, members_until(scheme, timezone.localdate()), request.POST or None, initial=start)
    if form.is_bound and form.is_valid():
        try:
            saved = _save(request, scheme, row, form)
        except ValidationError as error:
            _take(form, error)
        else:
            messages.success(request, _("“%(title)s”已保存。") % {"title": saved.title})
            return redirect("review:meeting", pk=saved.pk)
    context = {"meeting": row, "form": form, "scheme": scheme, "schemes": schemes}
    return render(request, "review/committee/meeting_form.html", context, status=REFUSED if form.is_bound else OK)


def _save(request: SignedInRequest, scheme: Scheme, row: Meeting | None, form: MeetingForm) -> Meeting:
    if row is None:
        return plan_meeting(scheme, request.user, form.plan())
    return change_meeting(row, request.user, form.plan(), revision=form.cleaned_data["revision"] or 0)


def _take(form: Form, error: ValidationError) -> None:
    for name, texts in errors_of(error).items():
        for text in texts:
            form.add_error(name if name in form.fields else None, text)
