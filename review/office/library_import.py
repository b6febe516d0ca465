"""The pages of the import of the achievement library: template, upload, preview, apply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.files.storing import private_storage
from portal.forms import Worded
from portal.staging import forget, stage, staged
from review.imports.library_sheet import library_template
from review.office.import_forms import workbook_field
from review.office.imports import workbook_response
from review.office.library_access import chosen_shelf
from review.services.library import import_library, preview_library

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.requests import SignedInRequest

PURPOSE = "library"
OK, REFUSED = 200, 422


class LibraryWorkbookForm(Worded, forms.Form):
    """A workbook of the library."""

    workbook = workbook_field()


@login_required
@require_safe
def library_import_template(request: SignedInRequest) -> HttpResponse:
    """Hand over the empty workbook."""
    shelf, _schemes = chosen_shelf(request)
    return workbook_response(library_template(shelf), _("成果库导入模板") + ".xlsx")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def library_import(request: SignedInRequest) -> HttpResponse:
    """Take a workbook in and show what it would do."""
    scheme = chosen_shelf(request)[0].scheme
    form = LibraryWorkbookForm(request.POST or None, request.FILES or None)
    context = {"form": form, "scheme": scheme}
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["workbook"]
        try:
            plan = preview_library(request.user, scheme, upload)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            stored = stage(request, PURPOSE, upload)
            return render(request, "review/office/library_preview.html", context | {"plan": plan, "stored": stored})
    return render(request, "review/office/library_import.html", context, status=REFUSED if form.is_bound else OK)


@login_required
@require_POST
def library_import_apply(request: SignedInRequest) -> HttpResponse:
    """Create and change the entries that the preview showed."""
    scheme = chosen_shelf(request)[0].scheme
    stored = staged(request, PURPOSE, request.POST.get("workbook", ""))
    if stored is None:
        messages.warning(request, _("这份工作簿已经处理过或被新的替换，请重新上传。"))
        return redirect("review:library_import")
    with private_storage().open(stored.path) as workbook:
        plan = import_library(request.user, scheme, workbook, stored=stored)
    if plan.problems:
        context = {"scheme": scheme, "plan": plan, "stored": stored}
        return render(request, "review/office/library_preview.html", context, status=REFUSED)
    forget(request, PURPOSE, keep_file=True)
    messages.success(request, _("已导入 %(count)s 项。") % {"count": len(plan.pending)})
    return redirect("review:library")
