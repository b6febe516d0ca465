"""The attachments of a round's notice, below its form: add, remove."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from credits.models import Round, RoundFile
from credits.services.round_files import attach_file, remove_file
from portal.files import FileRefused
from review.office.round_forms import AttachmentForm

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.requests import SignedInRequest

OK, REFUSED = 200, 422


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def round_files(request: SignedInRequest, pk: int) -> HttpResponse:
    """List the attachments and take one more."""
    row = get_object_or_404(Round.objects.kept_by(request.user).select_related("scheme"), pk=pk)
    form = AttachmentForm(
        request.POST if request.method == "POST" else None, request.FILES if request.method == "POST" else None
    )
    if request.method == "POST" and form.is_valid():
        try:
            attached = attach_file(row, request.user, form.cleaned_data["file"])
        except FileRefused as refusal:
            form.add_error("file", refusal.message)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("已添加附件“%(name)s”。") % {"name": attached.file.name})
            return redirect("review:round_files", pk=pk)
    context = {"round": row, "files": row.files.select_related("file"), "form": form}
    return render(request, "review/office/round_files.html", context, status=REFUSED if form.is_bound else OK)


@login_required
@require_POST
def round_file_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take one attachment off."""
    attached = get_object_or_404(RoundFile.objects.kept_by(request.user).select_related("round__scheme", "file"), pk=pk)
    name, round_pk = attached.file.name, attached.round_id
    remove_file(attached, request.user)
    messages.success(request, _("已移除附件“%(name)s”。") % {"name": name})
    return redirect("review:round_files", pk=round_pk)
