"""The pages of the import of training plans: template, upload, preview, apply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.files.storing import private_storage
from portal.forms import Worded
from portal.staging import forget, stage, staged
from review.imports.plan_sheet import plan_template
from review.office.import_forms import workbook_field
from review.office.imports import workbook_response
from review.office.plan_access import chosen_plan_scheme
from review.services.plans import import_plans, preview_plans

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.requests import SignedInRequest

PURPOSE = "plans"
OK, REFUSED = 200, 422


class PlanWorkbookForm(Worded, forms.Form):
    """A workbook of training plans."""

    workbook = workbook_field()


@login_required
@require_safe
def plan_import_template(request: SignedInRequest) -> HttpResponse:
    """Hand over the empty workbook."""
    return workbook_response(plan_template(chosen_plan_scheme(request)), _("培养方案导入模板") + ".xlsx")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def plan_import(request: SignedInRequest) -> HttpResponse:
    """Take a workbook in and show what it would do."""
    scheme = chosen_plan_scheme(request)
    form = PlanWorkbookForm(request.POST or None, request.FILES or None)
    context = {"form": form, "scheme": scheme}
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["workbook"]
        try:
            sheet = preview_plans(request.user, scheme, upload)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            stored = stage(request, PURPOSE, upload)
            return render(request, "review/office/plan_preview.html", context | {"sheet": sheet, "stored": stored})
    return render(request, "review/office/plan_import.html", context, status=REFUSED if form.is_bound else OK)


@login_required
@require_POST
def plan_import_apply(request: SignedInRequest) -> HttpResponse:
    """Create and change the courses that the preview showed."""
    scheme = chosen_plan_scheme(request)
    stored = staged(request, PURPOSE, request.POST.get("workbook", ""))
    if stored is None:
        messages.warning(request, _("这份工作簿已经处理过或被新的替换，请重新上传。"))
        return redirect("review:plan_import")
    with private_storage().open(stored.path) as workbook:
        sheet = import_plans(request.user, scheme, workbook, stored=stored)
    if sheet.problems:
        context = {"scheme": scheme, "sheet": sheet, "stored": stored}
        return render(request, "review/office/plan_preview.html", context, status=REFUSED)
    forget(request, PURPOSE, keep_file=True)
    messages.success(request, _("已导入 %(count)s 行。") % {"count": len(sheet.pending)})
    return redirect(f"{reverse('review:plans')}?scheme={scheme.code}")
