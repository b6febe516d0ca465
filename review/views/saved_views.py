"""常用视图: saves the filters of a queue under a name, keeps the names in order, and remembers how the list looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from review.access import staff_only
from review.desk.queues import QUEUES
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
    from review.desk.queues import Queue


@staff_only
@require_GET
def saved_views(request: SignedInRequest, name: str) -> HttpResponse:
    """List the person's views of a queue, to rename or delete."""
    return show(request, get_queue(request, name))


@staff_only
@require_POST
def view_save(request: SignedInRequest, name: str) -> HttpResponse:
    """Keep the filters of the address under the name that was typed."""
    queue, form = get_queue(request, name), ViewName(request.POST)
    if not named(form, lambda text: save_view(request.user, queue.name, text, queue.query)):
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    else:
        messages.success(request, _("已保存视图“%(name)s”。") % {"name": form.cleaned_data["name"]})
    return redirect(f"{queue.address}?{queue.query}")


@staff_only
@require_POST
def view_rename(request: SignedInRequest, name: str, pk: int) -> HttpResponse:
    """Give a view another name."""
    queue, form = get_queue(request, name), ViewName(request.POST)
    view = get_view(request, queue, pk)
    if not named(form, lambda text: rename_view(view, text)):
        return show(request, queue, wrong=(pk, form), status=422)
    messages.success(request, _("已改名。"))
    return redirect("review:saved_views", queue.name)


@staff_only
@require_POST
def view_delete(request: SignedInRequest, name: str, pk: int) -> HttpResponse:
    """Forget a view."""
    queue = get_queue(request, name)
    delete_view(get_view(request, queue, pk))
    messages.success(request, _("已删除视图。"))
    return redirect("review:saved_views", queue.name)


@staff_only
@require_POST
def look_keep(request: SignedInRequest, name: str) -> HttpResponse:
    """Remember the columns, the density and the order of the address."""
    queue = get_queue(request, name)
    keep_look(request.user, queue.name, queue.look_query)
    messages.success(request, _("以后打开这个列表都会这样显示。"))
    return redirect(f"{queue.address}?{queue.query}")


@staff_only
@require_POST
def look_forget(request: SignedInRequest, name: str) -> HttpResponse:
    """Show the usual columns again."""
    queue = get_queue(request, name)
    forget_look(request.user, queue.name)
    messages.success(request, _("已恢复默认显示。"))
    return redirect(f"{queue.address}?{queue.plain_query}")


def named(form: ViewName, act: Callable[[str], object]) -> bool:
    """Do something with the name that was typed; a complaint stands beside the field."""
    if form.is_valid():
        try:
            act(form.cleaned_data["name"])
        except ValidationError as error:
            form.add_error(None, error)
    return not form.errors


def get_queue(request: SignedInRequest, name: str) -> Queue:
    """Return the queue that an address names (404 for none) as the address describes it."""
    if name not in QUEUES:
        raise Http404
    return QUEUES[name](request)


def get_view(request: SignedInRequest, queue: Queue, pk: int) -> SavedView:
    """Return a view of the person's own (404 otherwise)."""
    found: SavedView = get_object_or_404(SavedView.objects.owned_by(request.user).of(queue.name).named(), pk=pk)
    return found


def show(
    request: SignedInRequest, queue: Queue, wrong: tuple[int, ViewName] | None = None, *, status: int = 200
) -> HttpResponse:
    """Show the views, each with its own form."""
    views = SavedView.objects.owned_by(request.user).of(queue.name).named()
    forms = dict([wrong] if wrong else [])
    rows = [(view, forms.get(view.pk) or ViewName(initial={"name": view.name})) for view in views]
    context = {"queue": queue, "rows": rows, "most": MOST_VIEWS}
    return render(request, "review/saved_views.html", context, status=status)
