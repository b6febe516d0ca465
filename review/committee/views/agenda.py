"""What comes on the agenda of a meeting, and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from credits.models import Claim
from portal.listing import Listing, Sorts
from review.access import staff_only
from review.committee.access import kept_meeting, seen_item, told_when_late
from review.committee.forms import WaitingFilter
from review.committee.queries import waiting_claims
from review.committee.scores import scores_of
from review.models import Meeting, MeetingState
from review.services.meetings import MOST_ITEMS, add_items, order_items, remove_item

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.requests import SignedInRequest

SORTS = Sorts(
    {
        "category": ("category__position", "college__code", "pk"),
        "college": ("college__code", "category__position", "pk"),
        "number": ("student__person__number", "pk"),
        "age": ("pk",),
    },
    default="category",
)
PER_PAGE = 50
RELATED = ("student__person", "category", "college", "scheme_version", "round")
OK, REFUSED = 200, 422


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
@told_when_late
def meeting_agenda(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show what waits for the committee; put the ticked claims, or all that the filters show, on the agenda."""
    row = kept_meeting(request, pk)
    if request.method != "POST" and row.state == MeetingState.CLOSED:
        raise Http404
    listing = _listing(request, row)
    problems: list[str] = []
    if request.method == "POST":
        try:
            number = add_items(row, request.user, _chosen(request, listing))
        except ValidationError as error:
            problems = error.messages
        else:
            text = ngettext("已列入 %(n)s 项。", "已列入 %(n)s 项。", number)
            messages.success(request, text % {"n": number})
            return redirect("review:meeting", pk=row.pk)
    claims = list(listing.rows)
    scores = scores_of(claims)
    context = {
        "meeting": row,
        "listing": listing,
        "form": listing.form,
        "rows": [(claim, scores[claim.pk].median) for claim in claims],
        "problems": problems,
    }
    return render(request, "review/committee/agenda.html", context, status=REFUSED if problems else OK)


@staff_only
@require_POST
@told_when_late
def meeting_order(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put the agenda in the order of the typed numbers."""
    row = kept_meeting(request, pk)
    typed = [(name.removeprefix("position-"), request.POST[name]) for name in request.POST if "position-" in name]
    positions = {int(item): int(place) for item, place in typed if _is_number(item) and _is_number(place)}
    order_items(row, request.user, positions)
    messages.success(request, _("次序已保存。"))
    return redirect("review:meeting", pk=row.pk)


@staff_only
@require_POST
@told_when_late
def agenda_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take one item off the agenda."""
    item = seen_item(request, pk)
    remove_item(item, request.user)
    messages.success(request, _("“%(content)s”已移出议程。") % {"content": item.claim.content})
    return redirect("review:meeting", pk=item.meeting_id)


def _listing(request: SignedInRequest, row: Meeting) -> Listing:
    reach = Claim.objects.in_reach_of(request.user).select_related(*RELATED)
    found = waiting_claims(row.scheme, among=reach, but=row)
    form = WaitingFilter(request.GET, scheme=row.scheme)
    return Listing(request, found, sorts=SORTS, form=form, per_page=PER_PAGE, keyset=False)


def _chosen(request: SignedInRequest, listing: Listing) -> list[Claim]:
    """Return the claims that the press is about; raises ``ValidationError`` naming what the person does not reach."""
    if request.POST.get("verb") == "all":
        return list(listing.queryset[: MOST_ITEMS + 1])
    wanted = [int(text) for text in request.POST.getlist("row") if _is_number(text)]
    found = Claim.objects.in_reach_of(request.user).select_related(*RELATED).in_bulk(wanted)
    if lost := [pk for pk in wanted if pk not in found]:
        raise ValidationError([_("编号 %(pk)s：没有这条申报，或不在您的范围。") % {"pk": pk} for pk in lost])
    place = {
        pk: number for number, pk in enumerate(listing.queryset.filter(pk__in=wanted).values_list("pk", flat=True))
    }
    return sorted(found.values(), key=lambda claim: place.get(claim.pk, MOST_ITEMS))


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) < 10  # noqa: PLR2004 - fits the column
