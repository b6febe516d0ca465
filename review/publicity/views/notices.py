"""The formal notice: issue it once the period is over, start its job again, print it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credits.querysets import READERS, schemes_of
from portal.moments import deciding_moment
from review.models import EntryState, FormalNotice, ListState
from review.publicity import pdf
from review.publicity.forms import NoticeForm
from review.publicity.rules import can_issue
from review.publicity.snapshot import version_in_force
from review.publicity.views.documents import document
from review.publicity.views.lists import kept, moved_on
from review.services.notices import issue_notice, ready_lines, resume_effect

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.requests import SignedInRequest
    from review.models import PublicityList

OK, REFUSED = 200, 422


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def notice_issue(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what the notice will contain and what stays behind, and issue it."""
    row = kept(request, pk)
    if elsewhere := moved_on(request, row, ListState.PUBLISHED):
        return elsewhere
    form = NoticeForm(request.POST or None, initial={"revision": row.revision, "title": _title(row)})
    if request.method == "POST" and form.is_valid():
        revision = form.cleaned_data["revision"]
        try:
            notice = issue_notice(row, request.user, form.heading(), revision=revision, at=deciding_moment())
        except ValidationError as error:
            form.reject(error)
        else:
            messages.success(request, _("%(number)s 已登记，结果正在逐条生效。") % {"number": notice.number})
            return redirect("review:publicity_list", pk=pk)
    context = {
        "list": row,
        "form": form,
        "lines": ready_lines(row),
        "held": row.entries.filter(state=EntryState.HELD).order_by("position"),
        "verdict": can_issue(request.user, row, deciding_moment()),
    }
    return render(request, "review/publicity/notice.html", context, status=REFUSED if form.is_bound else OK)


@login_required
@require_POST
def notice_resume(request: SignedInRequest, pk: int) -> HttpResponse:
    """Start the job again that makes the results effective."""
    resume_effect(kept(request, pk), request.user)
    messages.success(request, _("已重新启动，未生效的条目将继续生效。"))
    return redirect("review:publicity_list", pk=pk)


@login_required
@require_safe
def notice_pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    """Print the notice for everybody who reviews or reads under the scheme."""
    seen = FormalNotice.objects.filter(schemes_of(request.user, sorted(READERS), "list__scheme__"))
    notice = get_object_or_404(seen.select_related("list"), list=pk)
    return document(request, lambda: pdf.notice_pdf(notice), f"{notice.number} {notice.title}.pdf", notice.list)


def _title(row: PublicityList) -> str:
    version = version_in_force(row.scheme)
    words = version.data.wording.get("notice_title", "") if version else ""
    return words or _("关于公布%(what)s的通知") % {"what": row.title.removesuffix(_("公示"))}
