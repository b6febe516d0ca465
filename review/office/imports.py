"""The pages of imports: history, upload, preview, apply, result, roll-back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credits.rules import can_record
from portal.enums import Role
from portal.files import serve
from portal.jobs import enqueue
from portal.listing import Listing, Sorts
from portal.models import Job
from portal.spreadsheets import XLSX
from review.imports.sheet import newest_version, template_for
from review.models import BatchState, ImportBatch
from review.office.import_forms import ImportForm, RollBackForm, recorded_categories
from review.services.imports import (
    BatchMoved,
    RowsInUse,
    apply_import,
    discard_import,
    roll_back_import,
    stage_import,
)

if TYPE_CHECKING:
    from django.http import HttpResponseBase

    from portal.requests import SignedInRequest

SORTS = Sorts({"created": ("created_at", "pk")}, default="-created")
JOB_FROM_ROWS = 200
OK, REFUSED = 200, 422


@login_required
@require_safe
def imports(request: SignedInRequest) -> HttpResponse:
    """List the batches of the person's categories with what came of each."""
    _let_in(request)
    found = ImportBatch.objects.visible_to(request.user).select_related("category", "created_by").defer("problems")
    listing = Listing(request, found, sorts=SORTS, keyset=False)
    context = {"listing": listing, "categories": recorded_categories(request.user)}
    return render(request, "review/office/imports.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def import_new(request: SignedInRequest) -> HttpResponse:
    """Take a workbook in and go on to its preview."""
    categories = recorded_categories(request.user)
    if not categories:
        raise Http404
    form = ImportForm(
        request.user,
        request.POST or None,
        request.FILES or None,
        initial={"category": request.GET.get("category")},
    )
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            batch = stage_import(
                request.user,
                facts["category"],
                academic_year=facts["academic_year"],
                published_on=facts["published_on"],
                upload=facts["workbook"],
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("review:import", pk=batch.pk)
    context = {"form": form, "categories": categories}
    return render(request, "review/office/import_new.html", context, status=REFUSED if form.is_bound else OK)


@login_required
@require_safe
def import_template(request: SignedInRequest, pk: int) -> HttpResponse:
    """Hand over the empty workbook of a category."""
    category = next((row for row in recorded_categories(request.user) if row.pk == pk), None)
    version = newest_version(category) if category else None
    if category is None or version is None:
        raise Http404
    return workbook_response(template_for(category, version.data), f"{category.name}-" + _("导入模板") + ".xlsx")


@login_required
@require_safe
def import_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a batch: its preview while it waits, its result afterwards."""
    batch = _batch(request, pk)
    return render(request, "review/office/import.html", _batch_context(request, batch))


@login_required
@require_safe
def import_workbook(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Hand over the workbook as it came."""
    return serve(request, _batch(request, pk).workbook)


@login_required
@require_POST
def import_apply(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record all rows: at once when they are few, as a job with progress when they are many."""
    batch = _batch(request, pk)
    if batch.state == BatchState.PREVIEWED and batch.rows > JOB_FROM_ROWS and can_record(request.user, batch.category):
        if running_job(batch) is None:
            enqueue("import_records", request.user, about=_about(batch), batch=batch.pk)
        return redirect("review:import", pk=pk)
    try:
        applied = apply_import(batch, request.user)
    except BatchMoved:
        messages.warning(request, _("这个批次已经处理过，没有重复执行。"))
    else:
        if applied:
            messages.success(request, _("已导入 %(count)s 条记录。") % {"count": batch.report["create"]})
        else:
            messages.error(request, _("有内容需要改正，什么都没有导入。"))
    return redirect("review:import", pk=pk)


@login_required
@require_POST
def import_discard(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put a staged workbook away."""
    try:
        discard_import(_batch(request, pk), request.user)
    except BatchMoved:
        messages.warning(request, _("这个批次已经处理过。"))
    else:
        messages.success(request, _("已放弃，什么都没有导入。"))
    return redirect("review:imports")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def import_roll_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what rolling back will do, and do it; rows in use are named and stop it."""
    batch = _batch(request, pk)
    if not can_record(request.user, batch.category):
        raise Http404
    form, used = RollBackForm(request.POST or None), []
    if request.method == "POST" and form.is_valid():
        try:
            count = roll_back_import(batch, request.user, reason=form.cleaned_data["reason"])
        except RowsInUse as error:
            used = error.rows
        except BatchMoved:
            messages.warning(request, _("这个批次已经处理过。"))
            return redirect("review:import", pk=pk)
        else:
            messages.success(request, _("已撤回 %(count)s 条记录。") % {"count": count})
            return redirect("review:import", pk=pk)
    context = {"batch": batch, "form": form, "used": used[:100], "used_count": len(used)}
    return render(request, "review/office/import_roll_back.html", context, status=REFUSED if form.is_bound else OK)


def workbook_response(content: bytes, name: str) -> HttpResponse:
    """Return a workbook to save."""
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response


def running_job(batch: ImportBatch) -> Job | None:
    """Return the job that records the batch at this moment."""
    return Job.objects.active().filter(kind="import_records", params__batch=batch.pk).first()


def _about(batch: ImportBatch) -> str:
    return f"{batch.category.name} {batch.academic_year}"


def _let_in(request: SignedInRequest) -> None:
    if not request.user.standing.has(Role.OFFICE, Role.OWNER_UNIT, Role.AUDITOR):
        raise Http404


def _batch(request: SignedInRequest, pk: int) -> ImportBatch:
    found = ImportBatch.objects.visible_to(request.user).select_related("category__scheme", "workbook", "created_by")
    return get_object_or_404(found, pk=pk)


def _batch_context(request: SignedInRequest, batch: ImportBatch) -> dict[str, object]:
    report = batch.report
    may_record = bool(can_record(request.user, batch.category))
    return {
        "batch": batch,
        "report": report,
        "may_record": may_record,
        "job": running_job(batch) if batch.state == BatchState.PREVIEWED else None,
        "is_ready": not batch.problems and bool(report.get("create")),
        "hidden_rows": max(0, report.get("create", 0) - len(report.get("sample", []))),
        "by_job": batch.rows > JOB_FROM_ROWS,
    }
