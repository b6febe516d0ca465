"""The one job that makes the results of a formal notice effective."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.jobs import JobFailed, RunningJob, job_kind
from review.models import FormalNotice, PublicityList
from review.services.notices import JOB, make_effective

SHOWN = 5


@job_kind(JOB, label=gettext_lazy("公示结果生效"))
def publicity_effect(job: RunningJob, *, notice: int) -> None:
    """Make the results effective one by one; a second run goes on where the first one was killed."""
    mine = PublicityList.objects.kept_by(job.owner)
    row = FormalNotice.objects.select_related("list__scheme").filter(pk=notice, list__in=mine).first()
    if row is None:
        raise JobFailed(_("您已不再管理这份公示，请由主管部门重新启动。"))
    problems = make_effective(row, job)
    if problems:
        words = {"count": len(problems), "first": "；".join(problems[:SHOWN])}
        raise JobFailed(_("%(count)s 条未能生效：%(first)s") % words)
