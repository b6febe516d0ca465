"""The office's pages of sanctions: the list, one sanction with its appeal, the conversions that the item fed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from conversion.models import Application
from conversion.querysets import USING
from credits.enums import AppealState
from credits.models import Lot, Sanction
from credits.querysets import WHOLE_SCHEME
from credits.rules import can_answer_appeal, can_sanction
from credits.sanctions import appeal_clock, clause_of
from credits.services.sanctions import answer_appeal
from portal.enums import Status
from review.office.sanction_effects import mates_of
from review.office.sanction_forms import KEEP, AnswerForm, FedForm
from review.office.sanction_list import sanction_listing
from review.services.sanctions import keep_conversion, kept_conversions, undo_conversion
from review.views.exports import answer, taken

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.requests import SignedInRequest

OK, REFUSED = 200, 422
RELATED = (
    *("scheme", "student__person", "student__college", "decided_by", "answered_by"),
    *("claim__scheme_version__scheme", "claim__category", "claim__scheme", "claim__college", "claim__student__person"),
)
UNDECIDED = (Status.RECOGNISED, Status.PUBLICITY)


@login_required
@require_safe
def sanctions(request: SignedInRequest) -> HttpResponse:
    """List the sanctions of the person's schemes."""
    _let_in(request)
    listing = sanction_listing(request)
    now = timezone.now()
    rows = [(row, appeal_clock(row, now)) for row in listing.rows]
    context = {"listing": listing, "form": listing.form, "rows": rows}
    return render(request, "review/office/sanctions.html", context)


@login_required
@taken
def sanctions_export(request: SignedInRequest) -> HttpResponse:
    """Hand out the sanctions that the filters show."""
    _let_in(request)
    return answer(request, "sanctions")


@login_required
@require_safe
def sanction(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one sanction: the decision, the appeal, the conversions that it concerns, the team's other claims."""
    return _page(request, _seen(request, pk))


@login_required
@require_POST
def sanction_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Answer the appeal."""
    row = _decided(request, pk)
    form = AnswerForm(request.POST)
    if form.is_valid():
        facts = form.cleaned_data
        try:
            answer_appeal(row, request.user, upheld=facts["upheld"] == "1", answer=facts["answer"])
        except ValidationError as error:
            form.reject(error)
        else:
            messages.success(request, _("已答复，学生会收到通知。"))
            return redirect("review:sanction", pk=pk)
    return _page(request, row, form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sanction_conversion(request: SignedInRequest, pk: int, application: int) -> HttpResponse:
    """Decide whether a conversion stands that the cancelled item fed."""
    row = _decided(request, pk)
    fed = get_object_or_404(_fed_by(row), pk=application)
    if request.method != "POST" and (fed.status not in UNDECIDED or row.appeal_state == AppealState.UPHELD):
        return redirect("review:sanction", pk=pk)
    form = FedForm(request.POST or None, initial={"revision": fed.revision}, done=fed.status != Status.PUBLICITY)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        act = keep_conversion if facts["verb"] == KEEP else undo_conversion
        try:
            act(row, fed, request.user, reason=facts["reason"], revision=facts["revision"])
        except ValidationError as error:
            form.reject(error)
        else:
            messages.success(request, _("已决定：%(course)s。") % {"course": fed.course.name})
            return redirect("review:sanction", pk=pk)
    lines = fed.lines.select_related("lot__claim", "lot__category").order_by("pk")
    context = {"sanction": row, "claim": row.claim, "application": fed, "lines": lines, "form": form}
    return render(request, "review/office/sanction_conversion.html", context, status=REFUSED if form.is_bound else OK)


def _let_in(request: SignedInRequest) -> None:
    if not request.user.standing.has(*WHOLE_SCHEME):
        raise Http404


def _seen(request: SignedInRequest, pk: int) -> Sanction:
    found = Sanction.objects.in_reach_of(request.user).select_related(*RELATED)
    row: Sanction = get_object_or_404(found, pk=pk)
    return row


def _decided(request: SignedInRequest, pk: int) -> Sanction:
    """Return a sanction whose further decisions are the person's; others who may read it have no such page."""
    row = _seen(request, pk)
    if not can_answer_appeal(request.user, row):
        raise Http404
    return row


def _fed_by(row: Sanction) -> Any:
    """Return the conversions that were handed in with points of the item, whatever has become of them."""
    lots = Lot.objects.filter(claim=row.claim)
    found = Application.objects.filter(lines__lot__in=lots).exclude(status=Status.DRAFT)
    return found.select_related("course", "offering__term", "student__person", "scheme_version__scheme", "scheme")


def _page(request: SignedInRequest, row: Sanction, form: AnswerForm | None = None) -> HttpResponse:
    claim, decides = row.claim, bool(can_answer_appeal(request.user, row))
    kept, lifted = kept_conversions(row), row.appeal_state == AppealState.UPHELD
    fed = [(one, kept.get(one.pk), one.status in USING) for one in _fed_by(row).order_by("pk")]
    waits = row.appeal_state == AppealState.FILED
    mates = [(mate, decides and bool(can_sanction(request.user, mate.claim))) for mate in mates_of(claim) if mate.claim]
    context = {
        "sanction": row,
        "claim": claim,
        "clause": clause_of(row),
        "clock": appeal_clock(row, timezone.now()),
        "decides": decides,
        "form": form or (AnswerForm() if waits and decides else None),
        "fed": fed,
        "undecided": decides and not lifted,
        "lot": Lot.objects.filter(claim=claim).first(),
        "mates": mates,
    }
    return render(request, "review/office/sanction.html", context, status=REFUSED if form else OK)
