"""The printed form, and the page by which anybody checks one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from conversion import pdf
from conversion.models import Application, Form
from conversion.models.forms import FormState
from conversion.verification import report_on
from portal.pdf import PDF, UnprintableText, places_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portal.requests import SignedInRequest


@login_required
@require_safe
def form_pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    """Print the valid form of an approved application, or say which characters no font has."""
    row = get_object_or_404(Application.objects.visible_to(request.user), pk=pk)
    form = get_object_or_404(Form, application=row, state=FormState.VALID)
    try:
        content = pdf.form_pdf(form)
    except UnprintableText as error:
        context = {"application": row, "form": form, "places": places_of(form.snapshot, error.characters)}
        return render(request, "conversion/unprintable.html", context, status=422)
    answer = HttpResponse(content, content_type=PDF)
    answer["Content-Disposition"] = f'inline; filename="{pdf.file_name(form)}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_safe
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """Tell anybody who holds a printed form whether it is genuine and still valid."""
    form = Form.objects.filter(code=code).select_related("filing").first() if len(code) <= 32 else None  # noqa: PLR2004 - the column's length
    context = {"report": report_on(form) if form else None, "code": code}
    response = render(request, "conversion/verify.html", context, status=200 if form else 404)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
