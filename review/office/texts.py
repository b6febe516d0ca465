"""The office's pages of texts: what notices and mails say, with a preview, and the way back to the portal's words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credits.models import NoticeText
from credits.services.texts import LONGEST_TEXT, LONGEST_TITLE, checked, reset_text, word_text
from credits.texts import current, filled, shown, text_kind, text_kinds
from portal.forms import Worded
from review.office.access import kept_schemes
from review.publicity.forms import Refusable

if TYPE_CHECKING:
    from django.http import HttpResponse

    from credits.models import Scheme
    from credits.texts import TextKind
    from portal.requests import SignedInRequest

OK, REFUSED = 200, 422


@dataclass(frozen=True, slots=True)
class Line:
    """One text of one scheme in the list."""

    scheme: Scheme
    kind: TextKind
    title: str
    is_own: bool


class TextForm(Worded, Refusable, forms.Form):
    """The title, which is the mail's subject, and the text."""

    title = forms.CharField(label=_("标题"), max_length=LONGEST_TITLE, help_text=_("也是邮件的主题。"))
    text = forms.CharField(
        label=_("内容"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text=_("占位符全部没有内容的行不会出现。邮件在最后附上相关页面的链接。"),
    )


@login_required
@require_safe
def texts(request: SignedInRequest) -> HttpResponse:
    """List the texts of the office's schemes, and which of them it has worded itself."""
    schemes = kept_schemes(request.user)
    rows = NoticeText.objects.filter(scheme__in=schemes)
    own = {(row.scheme_id, row.code): row.title for row in rows}
    lines = [
        Line(scheme, kind, shown(kind, own.get(key) or str(kind.title)), key in own)
        for scheme in schemes
        for kind in text_kinds()
        for key in [(scheme.pk, kind.code)]
    ]
    return render(request, "review/office/texts.html", {"lines": lines, "several": len(schemes) > 1})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def text_edit(request: SignedInRequest, scheme: str, code: str) -> HttpResponse:
    """Show a text with its preview; preview or keep what was typed."""
    row, kind = _chosen(request, scheme, code)
    now = current(row.pk, code)
    form = TextForm(request.POST or None, initial={"title": shown(kind, now[0]), "text": shown(kind, now[1])})
    if request.method == "POST" and form.is_valid():
        facts: dict[str, Any] = form.cleaned_data
        try:
            if request.POST.get("action") != "preview":
                word_text(row, kind, request.user, title=facts["title"], text=facts["text"])
                messages.success(request, _t("“%(name)s”已保存。") % {"name": kind.label})
                return redirect("review:texts")
            now = checked(kind, facts["title"], facts["text"])
        except ValidationError as error:
            form.reject(error)
    context = {
        "scheme": row,
        "kind": kind,
        "form": form,
        "preview": [filled(part, kind.samples) for part in now],
        "is_own": NoticeText.objects.filter(scheme=row, code=code).exists(),
    }
    return render(request, "review/office/text.html", context, status=REFUSED if form.errors else OK)


@login_required
@require_POST
def text_reset(request: SignedInRequest, scheme: str, code: str) -> HttpResponse:
    """Go back to the portal's own words."""
    row, kind = _chosen(request, scheme, code)
    reset_text(row, kind, request.user)
    messages.success(request, _t("“%(name)s”已恢复默认。") % {"name": kind.label})
    return redirect("review:texts")


def _chosen(request: SignedInRequest, code: str, name: str) -> tuple[Scheme, TextKind]:
    scheme = next((row for row in kept_schemes(request.user) if row.code == code), None)
    kind = text_kind(name)
    if scheme is None or kind is None:
        raise Http404
    return scheme, kind
