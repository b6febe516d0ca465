"""How one wants to be told: one choice per kind of notice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from portal.enums import NoticeKind, Way
from portal.forms import Worded
from portal.outbox.digests import MORNING
from portal.outbox.ways import choose_ways, kinds_for, ways_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.models import Person
    from portal.requests import SignedInRequest

ABOUT = {
    NoticeKind.ACTION: _("退回修改、评审任务、会议安排、委托等，等着您办理的事项。"),
    NoticeKind.DEADLINE: _("活动截止前仍未提交的草稿，以及延期许可。"),
    NoticeKind.PROGRESS: _("审核、公示和发文的结果。"),
    NoticeKind.QUEUE: _("长时间未办理的待审事项，每天最多一次。"),
    NoticeKind.INFORMATION: _("其他通知，不需要您办理。"),
}
OK, REFUSED = 200, 422


class WaysForm(Worded, forms.Form):
    """One choice per kind that can reach the person."""

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        """Offer the kinds with what is chosen now."""
        super().__init__(*args, initial=ways_of(person), **kwargs)
        for kind in kinds_for(person):
            field = forms.ChoiceField(label=kind.label, choices=Way.choices, help_text=ABOUT[kind])
            self.fields[kind.value] = field


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def notice_settings(request: SignedInRequest) -> HttpResponse:
    """Show and keep how the person wants to be told."""
    form = WaysForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        choose_ways(request.user, form.cleaned_data)
        messages.success(request, _t("通知设置已保存。"))
        return redirect("notice_settings")
    context = {"form": form, "address": request.user.email, "morning": MORNING}
    return render(request, "portal/notice_settings.html", context, status=REFUSED if form.is_bound else OK)
