"""常用视图: saves the filters of 申报审核 under a name, keeps the names in order, and remembers how the list looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from review.access import staff_only
from review.desk.queues import ClaimQueue
from review.forms import ViewName
from review.models import SavedView
from review.services.saved_views import (
    MOST_VIEWS,
    delete_view,
    forget_look,
    keep_look,
    rename_view,
    save_view,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from portal.requests import SignedInRequest


@staff_only
@require_GET
def saved_views(request: SignedInRequest) -> HttpResponse:
    """List the person's views, to rename or delete."""
    return show(request)


@staff_only
@require_POST
def view_save(request: SignedInRequest) -> HttpResponse:
    """Keep the filters of the address under the name that was typed."""
    query = ClaimQueue(request).query
    form = ViewName(request.POST)
    if not named(form, lambda name: save_view(request.user, name, query)):
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    else:
        messages.success(request, _("已保存视图“%(name)s”。") % {"name": form.cleaned_data["name"]})
    return redirect(f"{reverse('review:claims')}?{query}")


@staff_only
@require_POST
def view_rename(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give a view another name."""
    view, form = get_view(request, pk), ViewName(request.POST)
    if not named(form, lambda name: rename_view(view, name)):
        return show(request, wrong=(pk, form), status=422)
    messages.success(request, _("已改名。"))
    return redirect("review:saved_views")


@staff_only
@require_POST
def view_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Forget a view."""
    delete_view(get_view(request, pk))
    messages.success(request, _("已删除视图。"))
    return redirect("review:saved_views")


@staff_only
@require_POST
def look_keep(request: SignedInRequest) -> HttpResponse:
    """Remember the columns, the density and the order of the address."""
    queue = ClaimQueue(request)
    keep_look(request.user, queue.look_query)
    messages.success(request, _("以后打开申报审核都会这样显示。"))
    return redirect(f"{reverse('review:claims')}?{queue.query}")


@staff_only
@require_POST
def look_forget(request: SignedInRequest) -> HttpResponse:
    """Show the usual columns again."""
    forget_look(request.user)
    messages.success(request, _("已恢复默认显示。"))
    return redirect(f"{reverse('review:claims')}?{ClaimQueue(request).plain_query}")


def named(form: ViewName, act: Callable[[str], object]) -> bool:
    """Do something with the name that was typed; a complaint stands beside the field."""
    if form.is_valid():
        try:
            act(form.cleaned_data["name"])
        except ValidationError as error:
            form.add_error(None, error)
    return not form.errors


def get_view(request: SignedInRequest, pk: int) -> SavedView:
    """Return a view of the person's own (404 otherwise)."""
    found: SavedView = get_object_or_404(SavedView.objects.owned_by(request.user).named(), pk=pk)
    return found


def show(request: SignedInRequest, wrong: tuple[int, ViewName] | None = None, *, status: int = 200) -> HttpResponse:
    """Show the views, each with its own form."""
    views = SavedView.objects.owned_by(request.user).named()
    forms = dict([wrong] if wrong else [])
    rows = [(view, forms.get(view.pk) or ViewName(initial={"name": view.name})) for view in views]
    return render(request, "review/saved_views.html", {"rows": rows, "most": MOST_VIEWS}, status=status)
