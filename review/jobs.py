"""The long work of the desks."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from portal.jobs import RunningJob, job_kind
from portal.listing import capped_count
from portal.spreadsheets import XLSX
from review.desk.exporting import export_of

if TYPE_CHECKING:
    from portal.models import StoredFile

MOST = 1_000_000


@job_kind("desk_export", label=_("导出列表"))
def desk_export(job: RunningJob, what: str, query: str) -> StoredFile:
    """Write the workbook of a list; the owner's appointments decide what is in it, as they stand when it runs."""
    export = export_of(what, job.owner, query)
    total = capped_count(export.queryset, MOST).number
    with tempfile.TemporaryFile() as target:
        export.write(target, job.owner, job.track(export.rows(), total))
        target.seek(0)
        return job.keep(target, name=export.name, media_type=XLSX)
