"""The office's page of late waivers: who may still claim in a round, until when, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from credits.models import LateWaiver, Round
from credits.services.waivers import LONGEST_REASON, Wish, end_waiver, grant_waiver
from credits.windows import window_for
from portal.enums import Role
from portal.forms import Worded
from portal.listing import Listing, Sorts
from review.publicity.forms import Refusable

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.requests import SignedInRequest

SORTS = Sorts({"newest": ("pk",)}, default="-newest")
MOMENT = {"type": "datetime-local"}
OK, REFUSED = 200, 422


class WaiverForm(Worded, Refusable, forms.Form):
    """Who, until when, why."""

    who = forms.CharField(
        label=_("学号或班级"), max_length=32, help_text=_("填学号只对该学生有效；填班级名称对全班有效。")
    )
    until = forms.DateTimeField(label=_("延期至"), widget=forms.DateTimeInput(attrs=MOMENT, format="%Y-%m-%dT%H:%M"))
    reason = forms.CharField(
        label=_("理由"), max_length=LONGEST_REASON, help_text=_("学生看得到，也记入审计；例如住院、教务系统故障。")
    )

    def wish(self) -> Wish:
        """Return what was asked for."""
        facts: dict[str, Any] = self.cleaned_data
        return Wish(who=facts["who"], until=facts["until"], reason=facts["reason"])


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def waivers(request: SignedInRequest, pk: int) -> HttpResponse:
    """List the waivers of a round and grant another."""
    found = Round.objects.kept_by(request.user).select_related("scheme").prefetch_related("windows")
    row = get_object_or_404(found, pk=pk)
    form = WaiverForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            waiver = grant_waiver(row, request.user, form.wish())
        except ValidationError as error:
            form.reject(error)
        else:
            messages.success(request, _t("已准许%(who)s延期申报。") % {"who": waiver.student or waiver.class_group})
            return redirect("review:waivers", pk=pk)
    related = ("student__person", "class_group", "granted_by")
    context = {
        "round": row,
        "form": form,
        "listing": Listing(request, row.waivers.select_related(*related), sorts=SORTS, keyset=False),
        "now": timezone.now(),
        "closes": window_for(row, Role.STUDENT, None),
    }
    return render(request, "review/office/waivers.html", context, status=REFUSED if form.is_bound else OK)


@login_required
@require_POST
def waiver_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a waiver back."""
    found = LateWaiver.objects.kept_by(request.user).select_related("round__scheme", "student__person", "class_group")
    waiver = end_waiver(get_object_or_404(found, pk=pk), request.user)
    messages.success(request, _t("延期许可已收回，已提交的申报不受影响。"))
    return redirect("review:waivers", pk=waiver.round_id)
