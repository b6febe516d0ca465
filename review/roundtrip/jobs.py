"""The long work of the round trip: carrying out many decisions."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.jobs import JobFailed, RunningJob, job_kind
from portal.models import Job
from review.models import DecisionSheet, SheetState
from review.services.imports import BatchMoved
from review.services.roundtrip import apply_sheet

KIND = "decide_sheet"


@job_kind(KIND, label=gettext_lazy("执行审核工作簿"))
def decide_sheet(job: RunningJob, *, sheet: int) -> None:
    """Carry out a workbook of decisions in one transaction; a second run finds it carried out and has nothing to do."""
    row = DecisionSheet.objects.visible_to(job.owner).get(pk=sheet)
    if row.state == SheetState.APPLIED:
        return
    # Progress ends before the transaction begins: inside it nobody would see the row, and cancelling would wait for it.
    job.progress(0, row.decided, _("正在执行 %(rows)s 条审核决定") % {"rows": row.decided})
    try:
        apply_sheet(row, job.owner)
    except BatchMoved as error:
        raise JobFailed(_("这份工作簿已经处理过，没有重复执行。")) from error
    facts = {"decided": row.decided, "refused": row.refused}
    job.progress(row.decided, row.decided, _("已执行 %(decided)s 条，被拒绝 %(refused)s 条。") % facts)


def running_job(sheet: DecisionSheet) -> Job | None:
    """Return the job that carries the workbook out at this moment."""
    return Job.objects.active().filter(kind=KIND, params__sheet=sheet.pk).first()
