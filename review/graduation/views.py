"""The pages of the graduation radar: students who fall short, their classes, one class to print."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.models import ClassGroup
from review.graduation.lists import ClassList, ShortfallList, Watch
from review.graduation.sight import can_tell_shortfalls
from review.views.exports import answer, taken

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.requests import SignedInRequest


@login_required
@require_safe
def graduation(request: SignedInRequest) -> HttpResponse:
    """List who falls short of what is demanded before graduation, who leaves first at the top."""
    found = ShortfallList(request)
    context = {"watch": found, "listing": found.listing, "form": found.form, "rows": found.rows()}
    if can_tell_shortfalls(request.user, found.scheme):
        context["tell_query"] = urlencode({**request.GET.dict(), "scheme": found.scheme.code})
    return render(request, "review/graduation/list.html", context)


@login_required
@require_safe
def graduation_classes(request: SignedInRequest) -> HttpResponse:
    """List the classes of these students, with how many of each there are."""
    found = ClassList(request)
    context = {"watch": found, "listing": found.listing, "form": found.form, "rows": found.listing.rows}
    return render(request, "review/graduation/classes.html", context)


@login_required
@require_safe
def graduation_class(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show who of one class falls short, on a page to print and hand on."""
    found = Watch(request)
    group = get_object_or_404(ClassGroup.objects.select_related("major__college"), pk=pk)
    context = {"watch": found, "group": group, "rows": found.of_class(group), "day": timezone.localdate()}
    return render(request, "review/graduation/class.html", context)


@login_required
@taken
def graduation_export(request: SignedInRequest) -> HttpResponse:
    """Hand out the students that the filters show, with what they lack."""
    ShortfallList(request)
    return answer(request, "graduation")
