"""Long work in the background: asked for with `enqueue`, offered with `@job_kind`, run by `manage.py work`."""

from portal.jobs.registry import job_kind
from portal.jobs.running import Cancelled, JobFailed, RunningJob
from portal.jobs.services import enqueue

__all__ = ["Cancelled", "JobFailed", "RunningJob", "enqueue", "job_kind"]
