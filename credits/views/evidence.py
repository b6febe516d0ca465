"""Evidence: added and removed from the form without reloading it, and shown to whoever may see the claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from credits.forms import ClaimForm
from credits.models import Evidence
from credits.services.claims import attach_evidence, detach_evidence
from credits.views.filling import own_claim
from credits.views.form_page import evidence_rows
from portal.files import FileRefused, serve
from portal.models import RenderedPage

if TYPE_CHECKING:
    import uuid

    from django.http import HttpResponse, HttpResponseBase

    from credits.models import Claim
    from portal.requests import SignedInRequest


@login_required
@require_POST
def evidence_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Store one file for an item of the checklist and answer with the item's files, or say why not."""
    claim = own_claim(request, pk)
    upload = request.FILES.get("file")
    if upload is None:
        return JsonResponse({"message": _("请选择文件。")}, status=422)
    item = request.POST.get("item", "")
    known = {row.code for row in ClaimForm(claim).category.evidence}
    try:
        attach_evidence(claim, request.user, upload, item=item if item in known else "")
    except FileRefused as refusal:
        return JsonResponse({"message": str(refusal)}, status=422)
    except ValidationError as error:
        return JsonResponse({"message": " ".join(error.messages)}, status=422)
    return _files(request, claim)


@login_required
@require_POST
def evidence_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take one file off the own claim and answer with the files that stay."""
    mine = Evidence.objects.kept().filter(claim__student__person=request.user)
    evidence = get_object_or_404(mine.select_related("file", "claim"), pk=pk)
    try:
        detach_evidence(evidence, request.user)
    except ValidationError as error:
        return JsonResponse({"message": " ".join(error.messages)}, status=422)
    return _files(request, own_claim(request, evidence.claim_id))


@login_required
@require_safe
def evidence_file(request: SignedInRequest, key: uuid.UUID) -> HttpResponseBase:
    """Hand out one file of a claim that the person may see."""
    visible = Evidence.objects.visible_to(request.user).select_related("file")
    evidence = get_object_or_404(visible, file__key=key)
    return serve(request, evidence.file, inline="download" not in request.GET)


@login_required
@require_safe
def evidence_page(request: SignedInRequest, key: uuid.UUID, number: int) -> HttpResponseBase:
    """Hand out the picture of one page of a PDF, to whoever may see the file."""
    visible = Evidence.objects.visible_to(request.user)
    evidence = get_object_or_404(visible, file__key=key)
    pages = RenderedPage.objects.select_related("image")
    return serve(request, get_object_or_404(pages, rendering__file=evidence.file_id, number=number).image, inline=True)


def _files(request: SignedInRequest, claim: Claim) -> HttpResponse:
    """Answer with every item's list of files; the script puts each where it belongs."""
    rows = evidence_rows(ClaimForm(claim))
    response = render(
        request, "credits/_file_lists.html", {"evidence": rows, "used": sum(len(r["files"]) for r in rows)}
    )
    response["X-Revision"] = str(claim.revision)
    return response
