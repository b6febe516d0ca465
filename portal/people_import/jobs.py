"""The import of many people, in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.files import discard
from portal.files.storing import private_storage
from portal.jobs.registry import job_kind
from portal.jobs.running import JobFailed
from portal.models import StoredFile
from portal.people_import.service import import_people
from portal.staging import STAGED

if TYPE_CHECKING:
    from portal.jobs.running import RunningJob


@job_kind("import_people", label=gettext_lazy("导入人员"))
def import_people_job(job: RunningJob, *, workbook: str, complete: bool) -> None:
    """Write a staged workbook into the history, in one transaction; a second run finds none staged and is done."""
    stored = StoredFile.objects.filter(key=workbook, uploaded_by=job.owner, media_type=STAGED).first()
    if stored is None:
        return
    job.progress(0, 0, _("正在核对并写入"))
    with transaction.atomic(), private_storage().open(stored.path) as content:
        plan = import_people(job.owner, content, complete=complete, name=stored.name, stored=stored)
        if plan.ok and not plan.changes:
            discard(stored)
    if not plan.ok:
        first = plan.problems[0][1]
        details = {"place": first.place, "message": first.message}
        raise JobFailed(_("有内容需要改正，什么都没有导入。%(place)s %(message)s") % details)
    count = len(plan.changes)
    job.progress(count, count, _("已导入，共 %(count)s 项变化。") % {"count": count})
