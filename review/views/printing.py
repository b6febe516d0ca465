"""打印申请表: the approved forms of a list as one PDF, at once when few, as a job when many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from conversion.printing import BatchUnprintable
from portal.jobs import enqueue
from portal.listing import capped_count
from portal.pdf import PDF
from review.access import staff_only
from review.desk.printing import (
    AT_ONCE,
    LISTS,
    MOST,
    file_name,
    forms_to_print,
    may_print,
    print_batch,
    read_ticks,
    refusal,
    too_many,
)

if TYPE_CHECKING:
    from portal.requests import SignedInRequest


@staff_only
@require_POST
def forms_print(request: SignedInRequest, what: str) -> HttpResponse:
    """Print the approved forms that a list shows, or those that were ticked in it; all of them, or nothing."""
    if what not in LISTS or not may_print(request.user):
        raise Http404
    query, whole = request.GET.urlencode(), "all" in request.POST
    ticked = [] if whole else read_ticks(request.POST.getlist("pick"))
    if not (ticked or whole):
        return _back(request, what, _("请先选择要打印的申请表。"))
    forms = forms_to_print(request.user, what, query, ticked)
    count = capped_count(forms, MOST)
    if count.capped or not count.number:
        return _back(request, what, too_many(MOST) if count.capped else _("没有可以打印的申请表。"))
    if count.number > AT_ONCE:
        return redirect("job_detail", enqueue("print_forms", request.user, what=what, query=query, ticked=ticked).pk)
    try:
        content = print_batch(forms, request.user, query)
    except BatchUnprintable as error:
        return _back(request, what, refusal(error))
    response = HttpResponse(content, content_type=PDF)
    response.headers["Content-Disposition"] = content_disposition_header(True, file_name()) or "attachment"  # noqa: FBT003 - Django's signature
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _back(request: SignedInRequest, what: str, say: str) -> HttpResponse:
    messages.error(request, say)
    query = request.GET.urlencode()
    return redirect(f"{reverse(f'review:{what}')}?{query}" if query else reverse(f"review:{what}"))
