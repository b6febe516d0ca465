"""The pages of the import of courses: template, upload, preview, apply."""

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
from review.imports.course_sheet import course_template
from review.office.access import chosen_scheme, kept_schemes
from review.office.import_forms import workbook_field
from review.office.imports import workbook_response
from review.services.courses import import_courses, preview_courses

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.requests import SignedInRequest

PURPOSE = "courses"
OK, REFUSED = 200, 422


class CourseWorkbookForm(Worded, forms.Form):
    """A workbook of courses."""

    workbook = workbook_field()


@login_required
@require_safe
def course_import_template(request: SignedInRequest) -> HttpResponse:
    """Hand over the empty workbook."""
    kept_schemes(request.user)
    return workbook_response(course_template(), _("课程导入模板") + ".xlsx")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def course_import(request: SignedInRequest) -> HttpResponse:
    """Take a workbook in and show what it would do."""
    scheme = chosen_scheme(request, kept_schemes(request.user))
    form = CourseWorkbookForm(request.POST or None, request.FILES or None)
    context = {"form": form, "scheme": scheme}
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["workbook"]
        try:
            plan = preview_courses(request.user, scheme, upload)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            stored = stage(request, PURPOSE, upload)
            return render(request, "review/office/course_preview.html", context | {"plan": plan, "stored": stored})
    return render(request, "review/office/course_import.html", context, status=REFUSED if form.is_bound else OK)


@login_required
@require_POST
def course_import_apply(request: SignedInRequest) -> HttpResponse:
    """Create and change the courses that the preview showed."""
    scheme = chosen_scheme(request, kept_schemes(request.user))
    stored = staged(request, PURPOSE, request.POST.get("workbook", ""))
    if stored is None:
        messages.warning(request, _("这份工作簿已经处理过或被新的替换，请重新上传。"))
        return redirect("review:course_import")
    with private_storage().open(stored.path) as workbook:
        plan = import_courses(request.user, scheme, workbook, stored=stored)
    if plan.problems:
        context = {"scheme": scheme, "plan": plan, "stored": stored}
        return render(request, "review/office/course_preview.html", context, status=REFUSED)
    forget(request, PURPOSE, keep_file=True)
    messages.success(request, _("已导入 %(count)s 门课程。") % {"count": len(plan.pending)})
    return redirect("review:courses")
