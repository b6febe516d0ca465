"""Answers with a printed list or notice, or says which characters no font has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from portal.pdf import PDF, UnprintableText

if TYPE_CHECKING:
    from collections.abc import Callable

    from portal.requests import SignedInRequest
    from review.models import PublicityList


def document(request: SignedInRequest, make: Callable[[], bytes], name: str, row: PublicityList) -> HttpResponse:
    """Return the document in the browser; nobody indexes or keeps it."""
    try:
        content = make()
    except UnprintableText as error:
        rare = "、".join(error.characters)
        messages.error(
            request, _("有字体中没有的字，无法打印：%(characters)s。请联系管理员补充字体。") % {"characters": rare}
        )
        return redirect("review:publicity_list", pk=row.pk)
    answer = HttpResponse(content, content_type=PDF)
    answer["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=name) or "inline"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["X-Robots-Tag"] = "noindex, noarchive"
    answer["Cache-Control"] = "private, no-store"
    return answer
