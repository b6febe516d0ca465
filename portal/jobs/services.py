"""The verbs of jobs: ask, cancel, retry; and what the worker does: run, reap, expire."""

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from portal.files import discard
from portal.jobs.registry import kind_of
from portal.jobs.rules import can_cancel_job, can_retry_job
from portal.jobs.running import Cancelled, Interrupted, JobFailed, RunningJob
from portal.jobs.tasks import perform
from portal.models import Job, JobState, Person, StoredFile
from portal.trail import record
from portal.workflow import NotAllowed

logger = logging.getLogger(__name__)

#: A running job is beaten every few seconds (see the `work` command); after this silence its worker is dead.
SILENCE = timedelta(seconds=60)
MAX_ATTEMPTS = 3


def enqueue(kind: str, owner: Person, *, about: str = "", **params: Any) -> Job:
    """Ask for a job; it starts once the surrounding transaction has committed.

    `about` tells people one job of a kind from another; `params` must survive JSON. The job speaks and reads the
    language it was asked in: a workbook's headings are those of the template its owner downloaded. The queue is a
    table of the same database, so job and request commit together.
    """
    if kind_of(kind) is None:
        raise LookupError(f"no job kind {kind!r}")
    with transaction.atomic():
        job = Job.objects.create(
            kind=kind, owner=owner, about=about[:120], params=params, language=get_language() or ""
        )
        _queue(job)
    return job


def cancel_job(job: Job, actor: Person) -> Job:
    """Stop a job: at once while it waits, at its next checkpoint while it runs."""
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job.pk)
        if not (verdict := can_cancel_job(actor, job)):
            raise NotAllowed(verdict)
        job.cancel_requested = True
        if job.state == JobState.QUEUED:
            job.state, job.finished_at = JobState.CANCELLED, timezone.now()
        job.save(update_fields=["cancel_requested", "state", "finished_at"])
        record("cancel", actor, kind="job", key=job.pk, label=job.kind)
    return job


def retry_job(job: Job, actor: Person) -> Job:
    """Ask a failed or cancelled job's question again, as a new job; the old one stays as it ended."""
    with transaction.atomic():
        job = Job.objects.select_for_update(of=("self",)).select_related("owner").get(pk=job.pk)
        if not (verdict := can_retry_job(actor, job)):
            raise NotAllowed(verdict)
        again = Job(kind=job.kind, owner=job.owner, about=job.about, params=job.params, language=job.language)
        again.retry_of = job
        again.save()
        if (kind := kind_of(job.kind)) and kind.again:
            kind.again(again)
        _queue(again)
        record("retry", actor, kind="job", key=job.pk, label=job.kind, changes=({}, {"job": again.pk}))
    return again


def run_job(job_id: int) -> None:
    """Run a queued job to its end. A second delivery of the same job finds it taken and does nothing."""
    job = _claim(job_id)
    if job is not None:
        with override(job.language or settings.LANGUAGE_CODE):
            _run(job)


def _run(job: Job) -> None:
    kind = kind_of(job.kind)
    if kind is None:
        _end(job, JobState.FAILED, error=_("此类任务已不再提供。"))
        return
    run = RunningJob(job)
    try:
        result = kind.run(run, **job.params)
    except Cancelled:
        _end(job, JobState.CANCELLED)
    except Interrupted:
        _requeue(job, attempts=job.attempts - 1)
    except JobFailed as failure:
        _end(job, JobState.FAILED, error=str(failure))
    except Exception:
        # The traceback is for the log; its reader finds it by the job's number.
        logger.exception("Job %s (%s) failed", job.pk, job.kind)
        _end(job, JobState.FAILED, error=_("处理时出现内部错误，请重试；若仍失败，请告知管理员任务编号 %s。") % job.pk)
    else:
        _end(job, JobState.DONE, result=result, days=kind.days, acts=run.endings)


def reap() -> int:
    """Queue jobs again whose worker died, at most MAX_ATTEMPTS runs each; how many were found."""
    found = 0
    for job in Job.objects.stale(SILENCE):
        found += 1
        if job.attempts < MAX_ATTEMPTS:
            _requeue(job, attempts=job.attempts)
        else:
            _end(job, JobState.FAILED, error=_("处理进程多次中断，任务已停止。请稍后重试。"))
    return found + _requeue_lost()


def expire_results() -> int:
    """Delete results past their date; how many went."""
    expired = list(Job.objects.expired().select_related("result"))
    for job in expired:
        if job.result:
            discard(job.result)
    return len(expired)


def _queue(job: Job) -> None:
    job.state, job.heartbeat_at = JobState.QUEUED, timezone.now()
    job.task_id = str(perform.enqueue(job.pk).id)
    job.save()


def _claim(job_id: int) -> Job | None:
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(pk=job_id, state=JobState.QUEUED).first()
        if job is None:
            return None
        job.state, job.attempts = JobState.RUNNING, job.attempts + 1
        job.done, job.started_at, job.heartbeat_at = 0, timezone.now(), timezone.now()
        job.save()
    return job


def _end(
    job: Job,
    state: JobState,
    *,
    error: str = "",
    result: StoredFile | None = None,
    days: int = 0,
    acts: Sequence[Callable[[], object]] = (),
) -> None:
    """Write the outcome, unless the job is another worker's by now: then this one's result is thrown away.

    ``acts`` belong to the outcome: they happen with it or not at all.
    """
    now = timezone.now()
    facts: dict[str, Any] = {"state": state, "error": error, "finished_at": now, "heartbeat_at": now}
    if state == JobState.DONE:
        facts |= {"result": result, "result_expires_at": now + timedelta(days=days) if result else None}
    with transaction.atomic():
        own = Job.objects.filter(pk=job.pk, state=JobState.RUNNING, attempts=job.attempts)
        if own.update(**facts):
            for act in acts:
                act()
        elif result:
            discard(result)


def _requeue(job: Job, *, attempts: int) -> None:
    with transaction.atomic():
        locked = Job.objects.select_for_update().filter(pk=job.pk, attempts=job.attempts)
        job_now = locked.filter(state=JobState.RUNNING).first()
        if job_now is None:
            return
        # The killed worker's queue row says "running" for ever; close it, or it would never be pruned.
        _close_task(job_now.task_id)
        job_now.attempts = attempts
        if job_now.cancel_requested:
            job_now.state, job_now.finished_at = JobState.CANCELLED, timezone.now()
            job_now.save()
        else:
            _queue(job_now)


def _requeue_lost() -> int:
    """Queue jobs again whose worker died between taking the queue's row and taking the job."""
    lost = 0
    for job in Job.objects.filter(state=JobState.QUEUED, heartbeat_at__lt=timezone.now() - SILENCE):
        if DBTaskResult.objects.filter(pk=job.task_id, status=TaskResultStatus.READY).exists():
            continue
        with transaction.atomic():
            locked = Job.objects.select_for_update().filter(pk=job.pk, state=JobState.QUEUED, task_id=job.task_id)
            if waiting := locked.first():
                _close_task(waiting.task_id)
                _queue(waiting)
                lost += 1
    return lost


def _close_task(task_id: str) -> None:
    running = DBTaskResult.objects.filter(pk=task_id, status=TaskResultStatus.RUNNING)
    running.update(status=TaskResultStatus.FAILED, finished_at=timezone.now())
