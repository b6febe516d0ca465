"""扫码收表: a pile of signed papers, one scan each, with a handheld scanner or a camera."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods
from django_permissions_policy.decorators import permissions_policy_override

from review.access import staff_only
from review.desk.printing import may_print
from review.desk.scanning import Outcome, Scan, kept, receive, sentence, shown, tally
from review.forms import ScanForm
from review.views.filing import LAST_SCAN, LAST_SHELF, shelf_in

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.requests import SignedInRequest


@permissions_policy_override({**settings.PERMISSIONS_POLICY, "camera": ["self"]})
@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def scan(request: SignedInRequest) -> HttpResponse:
    """Show what came of the last scan and wait for the next one, which is received at once."""
    if not may_print(request.user):
        raise Http404
    if request.method == "POST":
        asked, shelf = ScanForm(request.POST), shelf_in(request)
        # Papers come in piles: the shelf is set once and kept for the next scans.
        request.session[LAST_SHELF] = shelf
        if "code" in asked.errors:  # no code of ours: the last scan's answer must not stand for it
            request.session[LAST_SCAN] = kept(Scan(Outcome.UNKNOWN, asked.data["code"].replace("\0", "")))
        elif text := asked.cleaned_data["code"]:
            request.session[LAST_SCAN] = kept(receive(request.user, text, shelf))
        return redirect("review:scan")
    last = shown(request.user, request.session.get(LAST_SCAN))
    context = {
        "form": ScanForm(initial={"shelf": request.session.get(LAST_SHELF, "")}),
        "scan": last,
        "sentence": sentence(last) if last else "",
        "undoable": last is not None and last.outcome == Outcome.RECEIVED and hasattr(last.form, "filing"),
        "tally": tally(request.user),
    }
    return render(request, "review/scan.html", context)
