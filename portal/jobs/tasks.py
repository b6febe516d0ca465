"""The one task that the queue knows: run the job with this number."""

from django_tasks import task


@task()
def perform(job_id: int) -> None:
    """Run a job; see services.run_job."""
    from portal.jobs.services import run_job  # noqa: PLC0415 - services enqueue this task, so they come second

    run_job(job_id)
