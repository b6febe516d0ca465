"""The office's tickets: the list of objections, one objection with its files, its decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.enums import Role
from review.models import Objection
from review.publicity.forms import DecisionForm
from review.publicity.listings import handled_objections
from review.publicity.rules import can_handle
from review.publicity.subjects import subjects_of
from review.services.objections import decide_objection

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.requests import SignedInRequest

OK, REFUSED = 200, 422
RELATED = ("person", "handled_by", "entry__list__scheme", "entry__claim__student", "entry__application__student")


@login_required
@require_safe
def objections(request: SignedInRequest) -> HttpResponse:
    """List the objections to the office's lists, those that wait first to be found by their state."""
    if not request.user.standing.has(Role.OFFICE):
        raise Http404
    listing = handled_objections(request)
    return render(request, "review/publicity/objections.html", {"listing": listing, "form": listing.form})


@login_required
@require_safe
def objection(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one ticket: who says what about which result, with which files, and the decision or its form."""
    return _page(request, _handled(request, pk))


@login_required
@require_POST
def objection_decide(request: SignedInRequest, pk: int) -> HttpResponse:
    """Decide an objection."""
    row = _handled(request, pk)
    form = _form(row, request)
    if form.is_valid():
        try:
            decided = decide_objection(row, request.user, form.decision(), revision=form.cleaned_data["revision"])
        except ValidationError as error:
            form.reject(error)
        else:
            words = {"number": decided.number, "state": decided.get_state_display()}
            messages.success(request, _("异议 %(number)s：%(state)s。") % words)
            return redirect("review:objection", pk=pk)
    return _page(request, row, form)


def _handled(request: SignedInRequest, pk: int) -> Objection:
    found = Objection.objects.handled_by(request.user).select_related(*RELATED).defer("entry__list__snapshot")
    return get_object_or_404(found, pk=pk)


def _form(row: Objection, request: SignedInRequest | None = None) -> DecisionForm:
    kind = subjects_of(row.entry.list.kind)
    in_team = len(kind.group(kind.of(row.entry))) > 1
    data = request.POST if request else None
    initial = {"revision": row.revision}
    return DecisionForm(data, initial=initial, may_correct=kind.may_correct, in_team=in_team)


def _page(request: SignedInRequest, row: Objection, form: DecisionForm | None = None) -> HttpResponse:
    kind = subjects_of(row.entry.list.kind)
    others = Objection.objects.filter(entry=row.entry).exclude(pk=row.pk)
    context = {
        "objection": row,
        "subject": kind.of(row.entry),
        "files": row.files.select_related("file"),
        "others": others.order_by("pk"),
        "form": form or _form(row),
        "verdict": can_handle(request.user, row),
    }
    return render(request, "review/publicity/objection.html", context, status=REFUSED if form else OK)
