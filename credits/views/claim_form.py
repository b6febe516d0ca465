"""The printed application form of a claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from credits.models import Claim
from credits.pdf import claim_form_pdf, said_by_form
from portal.pdf import PDF, UnprintableText, places_of

if TYPE_CHECKING:
    from portal.requests import SignedInRequest

RELATED = (
    *("scheme", "scheme_version__scheme", "category", "college", "round"),
    *("student__person", "student__major", "student__class_group"),
)


@login_required
@require_safe
def claim_form(request: SignedInRequest, pk: int) -> HttpResponse:
    """Print the form for whoever may see the claim and for the team; a draft has none."""
    row = _find(request, pk)
    if row is None or not row.is_printable:
        raise Http404
    said = said_by_form(row)
    try:
        content = claim_form_pdf(said)
    except UnprintableText as error:
        context = {"claim": row, "places": places_of(said, error.characters)}
        return render(request, "credits/unprintable.html", context, status=422)
    answer = HttpResponse(content, content_type=PDF)
    name = f"{said['title']}-{said['number'] or row.pk}.pdf"
    answer["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=name) or "inline"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _find(request: SignedInRequest, pk: int) -> Claim | None:
    """Return the claim to those who may see it, and to the students who are named in its team."""
    for seen in (Claim.objects.visible_to(request.user), Claim.objects.shared_with(request.user)):
        row: Claim | None = seen.filter(pk=pk).select_related(*RELATED).first()
        if row is not None:
            return row
    return None
