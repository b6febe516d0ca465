"""The office's pages of the achievement library: the list with its export, and one entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from credits.enums import LibraryState, RequestState
from credits.library import years_of
from credits.models import LibraryEntry, LibraryRequest
from credits.services.library import StaleEntry, add_entry, change_entry, history_of
from credits.services.library_requests import AnsweredAlready, accept_with_entry
from credits.shelf import Shelf
from portal.listing import FilterForm, Listing, Sorts
from review.office.library_access import chosen_shelf, kept_entry, seen_revision
from review.office.library_forms import EntryForm, entry_initial, request_initial
from review.office.library_history import history_rows

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpResponse

    from credits.models import Scheme
    from portal.requests import SignedInRequest

SORTS = Sorts(
    {"code": ("code", "pk"), "name": ("name", "pk"), "level": ("level", "code", "pk"), "from": ("valid_from", "pk")},
    default="code",
)
OK, CONFLICT, REFUSED = 200, 409, 422


class LibraryFilter(FilterForm):
    """Which entries are listed; merged ones only when they are asked for."""

    q = forms.CharField(
        label=gettext_lazy("搜索"),
        required=False,
        max_length=60,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "size": 28,
                "placeholder": gettext_lazy("名称、首字母、主办单位或编号"),
                "data-key": "/",
            }
        ),
    )
    level = forms.ChoiceField(label=gettext_lazy("级别"), required=False)
    year = forms.IntegerField(label=gettext_lazy("年度"), required=False, min_value=1990, max_value=2100)
    state = forms.ChoiceField(
        label=gettext_lazy("状态"),
        required=False,
        choices=[("", gettext_lazy("在库与停用")), *LibraryState.choices],
    )

    def __init__(self, shelf: Shelf, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        levels = dict.fromkeys(level for category in shelf.categories for level in shelf.levels(category))
        choice: Any = self.fields["level"]
        choice.choices = [("", _("全部")), *((level, level) for level in levels)]

    def narrow(self, queryset: QuerySet) -> QuerySet:
        """Keep what was asked for."""
        asked = self.cleaned_data
        found: Any = queryset.matching(asked["q"])  # type: ignore[attr-defined]  # the library's own queryset
        if asked["level"]:
            found = found.filter(level=asked["level"])
        if asked["year"]:
            found = found.holding_in(asked["year"])
        kept: QuerySet = (
            found.filter(state=asked["state"]) if asked["state"] else found.exclude(state=LibraryState.MERGED)
        )
        return kept


@login_required
@require_safe
def library(request: SignedInRequest) -> HttpResponse:
    """List the competitions of one scheme."""
    shelf, schemes = chosen_shelf(request)
    listing = library_listing(request, shelf)
    waiting = LibraryRequest.objects.kept_by(request.user).filter(scheme=shelf.scheme, state=RequestState.OPEN)
    context = {
        "listing": listing,
        "form": listing.form,
        "rows": [(row, years_of(row)) for row in listing.rows],
        "scheme": shelf.scheme,
        "schemes": schemes,
        "bound": shelf.categories,
        "waiting": waiting.count(),
    }
    return render(request, "review/office/library.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def library_new(request: SignedInRequest) -> HttpResponse:
    """Take a competition in; when a student asked for it, the request is answered with it."""
    asked = _asked(request)
    shelf = Shelf(asked.scheme) if asked else chosen_shelf(request)[0]
    form = EntryForm(shelf, None, request.POST or None, initial=request_initial(asked))
    if request.method == "POST" and form.is_valid():
        try:
            entry = _taken_in(request, shelf.scheme, form, asked)
        except ValidationError as error:
            form.take_errors(error)
        except AnsweredAlready:
            messages.warning(request, _("这项申请已经有人答复，什么都没有改变。"))
            return redirect("review:library_requests")
        else:
            messages.success(request, _("“%(name)s”已入库，编号 %(code)s。") % {"name": entry, "code": entry.code})
            return redirect("review:library_requests" if asked else "review:library")
    context = {"form": form, "scheme": shelf.scheme, "bound": shelf.categories, "asked": asked}
    return render(request, "review/office/library_new.html", context, status=REFUSED if form.is_bound else OK)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def library_entry(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one entry with what was done to it, and change it."""
    entry = kept_entry(request, pk)
    shelf = Shelf(entry.scheme)
    form = EntryForm(shelf, entry, request.POST or None, initial=entry_initial(shelf, entry))
    more: dict[str, Any] = {}
    status = REFUSED if form.is_bound else OK
    if request.method == "POST" and form.is_valid():
        try:
            change_entry(request.user, entry, form.entry_data(), revision=seen_revision(request))
        except ValidationError as error:
            form.take_errors(error)
        except StaleEntry as stale:
            entry, status = stale.entry, CONFLICT
            more = {"conflict": form.differences(entry), "last": history_of(entry).first()}
        else:
            messages.success(request, _("“%(name)s”已保存。") % {"name": form.cleaned_data["name"]})
            return redirect("review:library_entry", pk=pk)
    context = {"entry": entry, "form": form, "years": years_of(entry), **entry_context(entry), **more}
    return render(request, "review/office/library_entry.html", context, status=status)


def entry_context(entry: LibraryEntry) -> dict[str, Any]:
    """Return what stands beside an entry: its claims, what was merged into it, what was done to it."""
    return {
        "claims": entry.claims.count(),
        "merged": list(entry.merged.order_by("code")),
        "history": history_rows(history_of(entry)),
        "is_merged": entry.state == LibraryState.MERGED,
        "is_active": entry.state == LibraryState.ACTIVE,
    }


def library_listing(request: SignedInRequest, shelf: Shelf) -> Listing:
    """Return the shelf's entries as the address asks for them."""
    kept = LibraryEntry.objects.kept_by(request.user).filter(scheme=shelf.scheme)
    found = kept.select_related("category", "merged_into")
    return Listing(request, found, sorts=SORTS, form=LibraryFilter(shelf, request.GET), keyset=False)


def _asked(request: SignedInRequest) -> LibraryRequest | None:
    """Return the student's request that the address names, if it is the office's to answer and still open."""
    text = request.GET.get("request") or request.POST.get("request") or ""
    if not text:
        return None
    kept = LibraryRequest.objects.kept_by(request.user).select_related("scheme", "student__person")
    asked: LibraryRequest = get_object_or_404(kept, pk=int(text) if text.isdecimal() else 0)
    return asked


def _taken_in(request: SignedInRequest, scheme: Scheme, form: EntryForm, asked: LibraryRequest | None) -> LibraryEntry:
    data = form.entry_data()
    if asked is None:
        return add_entry(request.user, scheme, data)
    entry = accept_with_entry(request.user, asked, data).entry
    assert entry is not None  # noqa: S101 - accepted with it just now; narrows the type
    return entry
