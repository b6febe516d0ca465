"""The decision that follows a finding of fraud, as its student reads it, and the appeal against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from credits.forms.sanctions import AppealForm
from credits.models import Sanction
from credits.rules import can_appeal
from credits.sanctions import appeal_clock, clause_of
from credits.services.sanctions import file_appeal
from portal.moments import deciding_moment
from portal.remarks import remarks_on
from portal.workflow import NotAllowed

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.requests import SignedInRequest

OK, REFUSED = 200, 422
RELATED = ("claim__scheme_version__scheme", "claim__category", "student__person", "scheme")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sanction(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the decision with the appeal's clock, and take the appeal while the clock runs."""
    row = get_object_or_404(Sanction.objects.visible_to(request.user).select_related(*RELATED), pk=pk)
    form = AppealForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _appeal(request, row, form):
        messages.success(request, _("申诉已提交，主管部门答复后会通知你。"))
        return redirect("credits:sanction", pk=pk)
    context = {
        "sanction": row,
        "claim": row.claim,
        "mine": row.student_id == request.user.standing.student_id,
        "clause": clause_of(row),
        "clock": appeal_clock(row, deciding_moment()),
        "may_appeal": can_appeal(request.user, row, deciding_moment()),
        "form": form,
        "remarks": remarks_on(row, request.user),
    }
    return render(request, "credits/sanction.html", context, status=REFUSED if form.is_bound else OK)


def _appeal(request: SignedInRequest, row: Sanction, form: AppealForm) -> bool:
    """File what was typed; who comes too late reads why and keeps the words, anybody else is refused as a stranger."""
    try:
        file_appeal(row, request.user, words=form.cleaned_data["appeal"], at=deciding_moment())
    except ValidationError as error:
        form.add_error("appeal", error.message_dict["appeal"])
        return False
    except NotAllowed as refusal:
        if row.student_id != request.user.standing.student_id:
            raise
        form.add_error(None, str(refusal.verdict.reason))
        return False
    return True
