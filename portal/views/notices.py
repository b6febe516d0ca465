"""What the portal told a person."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from portal.listing import Listing, Sorts
from portal.models import Notice
from portal.requests import SignedInRequest

SORTS = Sorts({"newest": ("-pk",)}, default="newest")


@login_required
@require_safe
def notices(request: SignedInRequest) -> HttpResponse:
    """List one's notices, the newest first."""
    mine = Notice.objects.of(request.user)
    return render(request, "portal/notices.html", {"listing": Listing(request, mine, sorts=SORTS)})


@login_required
@require_POST
def read_notices(request: SignedInRequest) -> HttpResponse:
    """Mark one's notices as read: one when the form names it, otherwise all; then lead to what the one is about."""
    unread = Notice.objects.of(request.user).filter(read_at=None)
    number = request.POST.get("notice", "")
    if not number.isdecimal():
        unread.update(read_at=timezone.now())
        return redirect("notices")
    unread.filter(pk=int(number)).update(read_at=timezone.now())
    notice = Notice.objects.of(request.user).filter(pk=int(number)).first()
    # Paths are written by services, never by people; still only our own addresses are followed.
    safe = notice is not None and notice.path.startswith("/") and not notice.path.startswith("//")
    return redirect(notice.path if notice and safe else "notices")
