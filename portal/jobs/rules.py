"""Who may do what with a job."""

from django.utils.translation import gettext_lazy as _

from portal.models import Job, JobState, Person
from portal.verdict import Verdict


def can_cancel_job(user: Person, job: Job) -> Verdict:
    """Whoever sees a job may stop it while it waits or runs."""
    if not Job.objects.visible_to(user).filter(pk=job.pk).exists():
        return Verdict.no(_("这不是您的任务。"))
    if not job.is_active:
        return Verdict.no(_("任务已经结束。"))
    return Verdict.yes()


def can_retry_job(user: Person, job: Job) -> Verdict:
    """The owner may ask once more for what failed or was cancelled: it acts with the owner's permissions."""
    if job.owner_id != user.pk:
        return Verdict.no(_("只有发起人可以重新运行。"))
    if job.state not in {JobState.FAILED, JobState.CANCELLED}:
        return Verdict.no(_("任务没有失败，不需要重新运行。"))
    if Job.objects.filter(retry_of=job.pk).exists():
        return Verdict.no(_("任务已经重新运行过。"))
    return Verdict.yes()
