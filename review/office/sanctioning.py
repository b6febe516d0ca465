"""From a claim to its sanction: the finding is written, what exactly happens is shown, then it is carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from credits.rules import can_sanction, holds_office
from portal.workflow import NotAllowed, StaleSubject
from review.desk.reviewing import claims_to_review
from review.office.sanction_effects import effects_of
from review.office.sanction_forms import FindingForm
from review.services.sanctions import decide_sanction

if TYPE_CHECKING:
    from django.http import HttpResponse

    from credits.models import Claim
    from portal.requests import SignedInRequest

OK, REFUSED, CHANGED = 200, 422, 409


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def claim_sanction(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the finding, show what it does to points, conversions and team, and carry out what was confirmed."""
    row = _claim(request, pk)
    if request.method != "POST":
        return _form(request, row, FindingForm(initial={"revision": row.revision}))
    form = FindingForm(request.POST)
    if not form.is_valid():
        return _form(request, row, form, REFUSED)
    verb = request.POST.get("verb", "")
    if verb == "carry_out":
        return _carry_out(request, row, form)
    return _form(request, row, form) if verb == "edit" else _confirm(request, row, form)


def _claim(request: SignedInRequest, pk: int) -> Claim:
    """Return the claim; nobody but the scheme's office learns of the page. Raises ``NotAllowed``, ``StaleSubject``."""
    row: Claim | None = claims_to_review(request.user).filter(pk=pk).first()
    if row is None or not holds_office(request.user, row.scheme):
        raise Http404
    if row.status not in row.MOVES["cancel"].sources:
        raise StaleSubject(row)
    verdict = can_sanction(request.user, row)
    if not verdict:
        raise NotAllowed(verdict)
    return row


def _carry_out(request: SignedInRequest, row: Claim, form: FindingForm) -> HttpResponse:
    asked = form.cleaned_data
    try:
        sanction = decide_sanction(
            row, request.user, form.written(), revision=asked["revision"], seen=request.POST.get("seen", "")
        )
    except ValidationError as error:
        if hasattr(error, "error_dict") and "seen" in error.message_dict:
            return _confirm(request, row, form, problems=error.message_dict["seen"])
        form.reject(error)
        return _form(request, row, form, REFUSED)
    messages.success(request, _("处理决定已生效，学生会收到通知。"))
    return redirect("review:sanction", pk=sanction.pk)


def _form(request: SignedInRequest, row: Claim, form: FindingForm, status: int = OK) -> HttpResponse:
    return render(request, "review/office/sanction_form.html", _context(row, form), status=status)


def _confirm(
    request: SignedInRequest, row: Claim, form: FindingForm, problems: list[str] | None = None
) -> HttpResponse:
    context = _context(row, form) | {"problems": problems or [], "finding": form.written()}
    status = CHANGED if problems else OK
    return render(request, "review/office/sanction_confirm.html", context, status=status)


def _context(row: Claim, form: FindingForm) -> dict[str, object]:
    data = row.scheme_version.data
    clause = data.clauses.get(data.sanction.clause) if data.sanction else None
    return {
        "claim": row,
        "form": form,
        "effects": effects_of(row),
        "rules": data.sanction,
        "clause": clause.cite if clause else "",
        "words": data.wording,
        "back": reverse("review:claim", args=[row.pk]),
    }
