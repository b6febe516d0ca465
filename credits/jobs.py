"""The long work of schemes and claims, found by the worker."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from credits.services.replays import JOB, run_replay
from portal.jobs import RunningJob, job_kind


@job_kind(JOB, label=_("影响测算"))
def replay_draft(job: RunningJob, *, replay: int) -> None:
    """Run a draft over the claims of past rounds; a second run goes on where the first one ended."""
    run_replay(job, replay)
