"""备案: the signed paper forms come in, one scan each; what is missing is a list."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from conversion.models import Application, Form
from conversion.rules import can_file, can_remind_of_papers
from conversion.services.forms import file_form, unfile_form
from portal.listing import Listing
from review.access import staff_only
from review.desk.filing import MISSING_COLUMNS, MISSING_SORTS, MissingFilter, find_form, missing_rows, with_days
from review.desk.home import missing_forms
from review.forms import FindForm, ShelfForm, UnfileForm
from review.views.deciding import errors_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.requests import SignedInRequest

LAST_SHELF, LAST_SCAN = "filing_shelf", "filing_scan"
LONGEST_SHELF = 64


@staff_only
@require_GET
def filing(request: SignedInRequest) -> HttpResponse:
    """Find one printed form by its number or QR code and show what can be done with it."""
    return _page(request, FindForm(request.GET or None))


@staff_only
@require_POST
def form_file(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record that the signed paper was received, then wait for the next scan."""
    form, shelf = _get(request, pk), shelf_in(request)
    try:
        file_form(form, request.user, shelf=shelf)
    except ValidationError as error:
        messages.error(request, f"{form.number}：{''.join(error.messages)}")
        return redirect(_found(form))
    # Papers come in piles: the shelf of the last one is most likely the shelf of the next.
    request.session[LAST_SHELF] = shelf
    name = form.application.student.person.name
    messages.success(request, _("已备案：%(name)s %(number)s") % {"name": name, "number": form.number})
    return redirect("review:filing")


@staff_only
@require_POST
def form_unfile(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a filing back that was a mistake, with the reason."""
    form, answer = _get(request, pk), UnfileForm(request.POST)
    answer.is_valid()
    try:
        unfile_form(form, request.user, reason=answer.cleaned_data.get("reason", ""))
    except ValidationError as error:
        for texts in errors_of(error).values():
            for text in texts:
                answer.add_error("reason", text)
        return _page(request, FindForm({"code": form.number}), unfile=answer, status=422)
    messages.success(request, _("已取消备案：%(number)s") % {"number": form.number})
    if request.POST.get("then") == "scan":
        request.session.pop(LAST_SCAN, None)
        return redirect("review:scan")
    return redirect(_found(form))


@staff_only
@require_GET
def missing(request: SignedInRequest) -> HttpResponse:
    """List the approved applications whose signed paper has not come in, the longest first."""
    listing = missing_listing(request)
    may_remind = bool(can_remind_of_papers(request.user))
    context = {"listing": listing, "rows": with_days(listing.rows), "may_remind": may_remind}
    return render(request, "review/missing.html", context)


def missing_listing(request: SignedInRequest) -> Listing:
    """Return the list of the missing as the address describes it; its export asks the same."""
    form = MissingFilter(request.GET)
    return Listing(request, missing_rows(request.user), sorts=MISSING_SORTS, form=form, columns=MISSING_COLUMNS)


def shelf_in(request: SignedInRequest) -> str:
    """Return the shelf that was typed as it can be stored: one that is too long is cut, for the paper lies there."""
    return request.POST.get("shelf", "").replace("\0", "").strip()[:LONGEST_SHELF]


def _get(request: SignedInRequest, pk: int) -> Form:
    reach = Application.objects.in_reach_of(request.user)
    related = ("application__student__person", "application__scheme")
    return get_object_or_404(Form.objects.filter(application__in=reach).select_related(*related), pk=pk)


def _found(form: Form) -> str:
    return f"{reverse('review:filing')}?{urlencode({'code': form.number})}"


def _page(
    request: SignedInRequest, form: FindForm, *, unfile: UnfileForm | None = None, status: int = 200
) -> HttpResponse:
    missing = missing_forms(request.user)
    if missing is None:
        raise Http404
    text = form.cleaned_data["code"] if form.is_bound and form.is_valid() else ""
    found = find_form(request.user, text) if text else None
    context = {
        "form": FindForm() if found else FindForm(initial={"code": text}).take_focus(),
        "asked": text,
        "found": found,
        "verdict": can_file(request.user, found.application) if found else None,
        "filing": getattr(found, "filing", None) if found else None,
        "shelf": ShelfForm(initial={"shelf": request.session.get(LAST_SHELF, "")}),
        "unfile": unfile or UnfileForm(),
        "missing": missing,
    }
    return render(request, "review/filing.html", context, status=status)
