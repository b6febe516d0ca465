"""What everybody reads without signing in: the lists of today, one list, its snapshot, and the check of a digest.

A list is there while its period holds the moment and at no other time; no search engine and no cache keeps it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from review.models import ListState, PublicityList
from review.publicity.lines import canonical
from review.publicity.listings import public_lines
from review.publicity.verification import check_digest

if TYPE_CHECKING:
    import datetime

View = Callable[..., HttpResponse]


def unkept(view: View) -> View:
    """Let nobody index, archive or cache the answer."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, noarchive"
        response["Cache-Control"] = "no-store"
        return response

    return guarded


@unkept
@require_safe
def public_lists(request: HttpRequest) -> HttpResponse:
    """List what is publicised today."""
    shown = PublicityList.objects.shown_at(timezone.now()).select_related("scheme").defer("snapshot")
    return render(request, "review/publicity/index.html", {"lists": shown.order_by("closes_at", "pk")})


@unkept
@require_safe
def public_list(request: HttpRequest, code: str) -> HttpResponse:
    """Show one list within its period; before and after it, say politely that it is not shown."""
    now = timezone.now()
    row = PublicityList.objects.shown_at(now).filter(code=code).select_related("scheme").defer("snapshot").first()
    if row is None:
        return closed(request, code, now)
    listing = public_lines(request, row)
    context = {"list": row, "listing": listing, "form": listing.form}
    return render(request, "review/publicity/list.html", context)


@unkept
@require_safe
def public_snapshot(request: HttpRequest, code: str) -> HttpResponse:
    """Hand over the very bytes whose SHA-256 is printed on the list, within the period."""
    now = timezone.now()
    row = PublicityList.objects.shown_at(now).filter(code=code).first()
    if row is None:
        return closed(request, code, now)
    response = HttpResponse(canonical(row.snapshot), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{row.code}.json"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@unkept
@require_safe
def public_verify(request: HttpRequest, code: str) -> HttpResponse:
    """Say whether a digest is that of the list or of its notice; no line is shown, so this outlives the period."""
    published = PublicityList.objects.exclude(state=ListState.DRAFT).exclude(sha256="")
    row = get_object_or_404(published.select_related("scheme", "notice"), code=code)
    asked = "".join(request.GET.get("sha256", "").split()).lower()[:64]
    context = {"list": row, "asked": asked, "check": check_digest(row, asked)}
    return render(request, "review/publicity/verify.html", context)


def closed(request: HttpRequest, code: str, now: datetime.datetime) -> HttpResponse:
    """Say why a list is not shown: not yet, no longer, taken down. What is no list, or a draft, does not exist."""
    row = PublicityList.objects.exclude(state=ListState.DRAFT).filter(code=code).defer("snapshot").first()
    if row is None or row.opens_at is None:
        raise Http404
    coming = row.state == ListState.PUBLISHED and now < row.opens_at
    return render(request, "review/publicity/closed.html", {"list": row, "coming": coming}, status=404)
