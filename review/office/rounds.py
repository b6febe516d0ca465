"""The office's pages of rounds: list, form, publish, take back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credits.models import Round
from credits.services.rounds import change_round, open_round, publish_round, unpublish_round
from credits.windows import round_state
from portal.enums import Role
from portal.listing import Listing, Sorts
from review.office.access import chosen_scheme, kept_schemes
from review.office.round_forms import RoundEditor

if TYPE_CHECKING:
    from django.http import HttpResponse

    from credits.models import Scheme
    from portal.requests import SignedInRequest

SORTS = Sorts({"year": ("academic_year", "pk"), "name": ("name", "pk")}, default="-year")


@login_required
@require_safe
def rounds(request: SignedInRequest) -> HttpResponse:
    """List the rounds of the person's schemes with where each stands."""
    schemes = kept_schemes(request.user)
    listing = round_listing(request)
    rows = [(row, round_state(row), students_window(row)) for row in listing.rows]
    context = {"listing": listing, "rows": rows, "several": len(schemes) > 1}
    return render(request, "review/office/rounds.html", context)


def round_listing(request: SignedInRequest) -> Listing:
    """Return the rounds that the person keeps, as the address asks for them."""
    found = Round.objects.kept_by(request.user).select_related("scheme").prefetch_related("windows", "categories")
    return Listing(request, found, sorts=SORTS, keyset=False)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def round_new(request: SignedInRequest) -> HttpResponse:
    """Open a round."""
    schemes = kept_schemes(request.user)
    return _form_page(request, chosen_scheme(request, schemes), None, schemes)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def round_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a round."""
    row = _round(request, pk)
    return _form_page(request, row.scheme, row, [row.scheme])


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def round_publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what publishing will do, and publish."""
    row = _round(request, pk)
    problems: list[str] = []
    if request.method == "POST":
        try:
            publish_round(row, request.user)
        except ValidationError as error:
            problems = error.messages
        else:
            messages.success(request, _("“%(name)s”已发布。") % {"name": row.name})
            return redirect("review:rounds")
    context = {"round": row, "windows": row.windows.all(), "problems": problems}
    return render(request, "review/office/round_publish.html", context, status=422 if problems else 200)


@login_required
@require_POST
def round_unpublish(request: SignedInRequest, pk: int) -> HttpResponse:
    """Hide a round from students."""
    row = unpublish_round(_round(request, pk), request.user)
    messages.success(request, _("“%(name)s”已取消发布，学生不再看到它。") % {"name": row.name})
    return redirect("review:rounds")


def students_window(row: Round) -> tuple[object, object] | None:
    """Return from when to when students of any cohort claim (reads the prefetched windows)."""
    mine = [window for window in row.windows.all() if window.role == Role.STUDENT]
    return (min(w.opens_at for w in mine), max(w.closes_at for w in mine)) if mine else None


def _round(request: SignedInRequest, pk: int) -> Round:
    found = Round.objects.kept_by(request.user).select_related("scheme").prefetch_related("windows", "categories")
    return get_object_or_404(found, pk=pk)


def _form_page(request: SignedInRequest, scheme: Scheme, row: Round | None, schemes: list[Scheme]) -> HttpResponse:
    editor = RoundEditor(scheme, row, request.POST if request.method == "POST" else None)
    if editor.is_submitted and editor.is_valid():
        try:
            saved = (
                change_round(row, request.user, editor.plan())
                if row
                else open_round(scheme, request.user, editor.plan())
            )
        except ValidationError as error:
            editor.reject(error)
        else:
            messages.success(request, _("“%(name)s”已保存。") % {"name": saved.name})
            return redirect("review:rounds")
    context = {
        "round": row,
        "state": round_state(row) if row else None,
        "editor": editor,
        "form": editor.form,
        "scheme": scheme,
        "schemes": schemes,
    }
    return render(request, "review/office/round_form.html", context, status=422 if editor.is_submitted else 200)
