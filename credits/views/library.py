"""The achievement library as everybody signed in may read it, and the requests of one student."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from credits.forms.library import EntryFilter, WishForm
from credits.library import years_of
from credits.models import LibraryEntry, LibraryRequest, Scheme
from credits.services.library_requests import file_request
from credits.shelf import Shelf
from portal.enums import Role
from portal.listing import Listing, Sorts
from portal.verdict import Verdict
from portal.workflow import NotAllowed

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.models import Person
    from portal.requests import SignedInRequest

SORTS = Sorts(
    {"name": ("name", "pk"), "level": ("level", "name", "pk"), "from": ("valid_from", "name", "pk")}, default="name"
)
OK, REFUSED = 200, 422
REQUESTS_SHOWN = 50


def libraries_of(person: Person) -> list[Shelf]:
    """Return the libraries that concern a person: a student's own schemes', all of them for everybody else."""
    schemes = Scheme.objects.covering(person.student) if person.standing.student_id else Scheme.objects.all()
    return [shelf for scheme in schemes if (shelf := Shelf(scheme)).categories]


@login_required
@require_safe
def library(request: SignedInRequest) -> HttpResponse:
    """List the competitions that may be claimed."""
    shelves = libraries_of(request.user)
    shelf = next((one for one in shelves if one.scheme.code == request.GET.get("scheme")), next(iter(shelves), None))
    schemes = [one.scheme for one in shelves]
    context = {"schemes": schemes, "is_student": bool(request.user.standing.student_id)}
    if shelf is not None:
        found = LibraryEntry.objects.choosable().filter(scheme=shelf.scheme)
        form = EntryFilter([level for row in shelf.categories for level in shelf.levels(row)], request.GET)
        listing = Listing(request, found, sorts=SORTS, form=form, keyset=False)
        rows = [(row, years_of(row)) for row in listing.rows]
        context |= {"listing": listing, "form": form, "rows": rows, "scheme": shelf.scheme}
    return render(request, "credits/library.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def library_request(request: SignedInRequest) -> HttpResponse:
    """Ask the office to take a competition in, and read what it answered to earlier requests."""
    if Role.STUDENT.value not in request.user.standing.roles:
        raise NotAllowed(Verdict.no(_("只有在籍学生可以提出入库申请。")))
    shelves = libraries_of(request.user)
    initial = {"name": request.GET.get("name", "")[:128], "year": timezone.localdate().year}
    form = WishForm(shelves, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            file_request(request.user, form.chosen_scheme, form.wish())
        except ValidationError as error:
            form.take_errors(error)
        else:
            messages.success(request, _("入库申请已提交，答复后会通知您。"))
            return redirect("credits:library_request")
    mine = LibraryRequest.objects.owned_by(request.user).select_related("entry")[:REQUESTS_SHOWN]
    context = {"form": form, "bound": shelves, "requests": mine}
    return render(request, "credits/library_request.html", context, status=REFUSED if form.is_bound else OK)
