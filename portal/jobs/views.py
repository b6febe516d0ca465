"""Pages of jobs: the list, one job with its progress, cancel, retry, download."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.files import serve
from portal.jobs.lists import JobList, label_of, page_of
from portal.jobs.rules import can_cancel_job, can_retry_job
from portal.jobs.services import cancel_job, retry_job
from portal.models import Job
from portal.requests import SignedInRequest


def _job(request: SignedInRequest, pk: int) -> Job:
    jobs = Job.objects.visible_to(request.user).select_related("result", "owner", "retried_as")
    return get_object_or_404(jobs, pk=pk)


@login_required
@require_safe
def job_list(request: SignedInRequest) -> HttpResponse:
    """Show the person's jobs, the newest first; to those who look after others' work, that as well."""
    found = JobList(request)
    context = {"jobs": found, "listing": found.listing, "form": found.form, "rows": found.rows}
    return render(request, "portal/jobs/list.html", context)


@login_required
@require_safe
def job_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one job; htmx asks for the progress alone while it runs."""
    job = _job(request, pk)
    context = {
        "job": job,
        "label": label_of(job),
        "page": page_of(job) if job.owner_id == request.user.pk else "",
        "can_cancel": can_cancel_job(request.user, job),
        "can_retry": can_retry_job(request.user, job),
    }
    partial = request.headers.get("HX-Request") == "true"
    response = render(request, "portal/jobs/_progress.html" if partial else "portal/jobs/detail.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


@login_required
@require_POST
def job_cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    """Cancel a job."""
    job = cancel_job(_job(request, pk), request.user)
    messages.success(request, _("正在取消任务。") if job.is_active else _("任务已取消。"))
    return redirect("job_detail", pk=pk)


@login_required
@require_POST
def job_retry(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask again for what failed or was cancelled, and go to the new job."""
    again = retry_job(_job(request, pk), request.user)
    messages.success(request, _("任务已重新排队。"))
    return redirect("job_detail", pk=again.pk)


@login_required
@require_safe
def job_result(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Hand over the result while it is kept: only to its owner, for it holds what the owner's appointments reach."""
    job = _job(request, pk)
    if job.owner_id != request.user.pk or not job.has_result or job.result is None:
        raise Http404
    return serve(request, job.result)
