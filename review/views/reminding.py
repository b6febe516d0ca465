"""提醒这些学生: what a press will send, and the press itself, for the two lists that have one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from conversion.rules import can_remind_of_papers
from review.access import staff_only
from review.services.reminders import preview_papers, preview_shortfalls, remind_of_papers, tell_shortfalls

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from portal.models import Person
    from portal.requests import SignedInRequest
    from review.services.reminders import Reminder


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def missing_remind(request: SignedInRequest) -> HttpResponse:
    """Remind the students whose papers the list shows; first say how many, and in which words."""
    if not can_remind_of_papers(request.user):
        raise Http404
    page = {"heading": _("提醒学生交申请表"), "rest": _("今天已经提醒过的不再发送。")}
    return _press(request, "review:missing", page, preview_papers, remind_of_papers)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def graduation_tell(request: SignedInRequest) -> HttpResponse:
    """Tell the students whom the radar shows what is missing; first say how many, and in which words."""
    page = {"heading": _("通知未达到的学生"), "rest": _("30 天内已经通知过的不再发送。")}
    return _press(request, "review:graduation", page, preview_shortfalls, tell_shortfalls)


def _press(
    request: SignedInRequest,
    back: str,
    page: dict[str, str],
    preview: Callable[[Person, str], Reminder],
    send: Callable[[Person, str], int],
) -> HttpResponse:
    query = request.GET.urlencode()
    address = f"{reverse(back)}?{query}" if query else reverse(back)
    if request.method == "POST":
        if told := send(request.user, query):
            messages.success(request, ngettext("已通知 %(n)s 名学生。", "已通知 %(n)s 名学生。", told) % {"n": told})
        else:
            messages.info(request, _("没有需要通知的学生，什么都没有发送。"))
        return redirect(address)
    return render(request, "review/remind.html", {**page, "back": address, "found": preview(request.user, query)})
