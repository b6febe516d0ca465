"""The long work of the staff's pages: exports of long lists, imports of many rows."""

from __future__ import annotations

import io
import tempfile
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversion.printing import BatchUnprintable
from credits.models import Scheme
from portal.jobs import JobFailed, RunningJob, job_kind
from portal.listing import capped_count
from portal.models import SheetImport
from portal.pdf import PDF
from portal.spreadsheets import TooManyRows
from portal.trail import set_origin
from portal.workflow import NotAllowed
from review.desk.exporting import export_of
from review.desk.printing import MOST as MOST_FORMS
from review.desk.printing import file_name, forms_to_print, lay_out_batch, may_print, refusal, tell_printed, too_many
from review.models import BatchState, DecisionBatch, ImportBatch, RowState
from review.office.import_roll_back import JOB as ROLL_BACK
from review.office.import_roll_back import done
from review.publicity.jobs import publicity_effect
from review.roundtrip.jobs import decide_sheet
from review.services.batches import decide_part
from review.services.imports import BatchMoved, apply_import
from review.services.sheet_imports import PreviewMoved, roll_back_sheet
from review.services.statistics import JOB as STATISTICS
from review.services.statistics import can_take_statistics, take_statistics

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from conversion.models import Form
    from portal.models import Job, StoredFile

__all__ = [
    "decide_batch",
    "decide_sheet",
    "desk_export",
    "import_records",
    "print_forms",
    "publicity_effect",
    "roll_back_import",
    "statistics",
]
MOST = 1_000_000


@job_kind("desk_export", label=gettext_lazy("导出列表"))
def desk_export(job: RunningJob, what: str, query: str, columns: Sequence[str] = (), suffix: str = "") -> StoredFile:
    """Write the file of a list; the owner's appointments decide what is in it, as they stand when it runs.

    The file is kept when it is whole, and the event is part of the job's end: a run that is cancelled or killed,
    however late, leaves nothing, and the next one the only event.
    """
    try:
        export = export_of(what, job.owner, query).asked(columns, suffix)
    except Http404:
        raise JobFailed(_("您已不能查看这个列表。")) from None
    total = capped_count(export.queryset, MOST).number
    with tempfile.TemporaryFile() as target:
        try:
            number = export.put(target, job.track(export.rows(), total, _("正在导出")))
        except TooManyRows:
            raise JobFailed(_("超过一张工作表能容纳的行数，请缩小筛选范围，或导出为 CSV。")) from None
        target.seek(0)
        job.at_the_end(lambda: export.tell(job.owner, number, job=job.job.pk))
        return job.keep(target, name=export.name, media_type=export.media_type)


@job_kind("print_forms", label=gettext_lazy("打印申请表"))
def print_forms(job: RunningJob, *, what: str, query: str, ticked: list[int]) -> StoredFile:
    """Print the approved forms of a list as one file; the owner's appointments decide, as they stand when it runs.

    Who looks after other people's jobs reads why it failed, but no student's name.
    """
    if not may_print(job.owner):
        raise JobFailed(_("您已不能查看这个列表。"))
    forms = forms_to_print(job.owner, what, query, ticked)
    count = capped_count(forms, MOST_FORMS)
    if count.capped:  # more were approved meanwhile: a part of them would look like all
        raise JobFailed(too_many(MOST_FORMS))
    try:
        content, number = lay_out_batch(_told(job, forms[: count.number], count.number), job.owner)
    except BatchUnprintable as error:
        raise JobFailed(refusal(error, named=False)) from error
    job.at_the_end(lambda: tell_printed(job.owner, query, number, job=job.job.pk))
    return job.keep(io.BytesIO(content), name=file_name(), media_type=PDF)


def _told(job: RunningJob, forms: Iterable[Form], total: int) -> Iterator[Form]:
    """Tell of every form; after the last one the job can no longer be cancelled."""
    yield from job.track(forms, total, _("正在排版"))
    job.progress(total, total)


def _go_on_as(job: Job) -> None:
    """Let the batch show the job that goes on with it."""
    DecisionBatch.objects.filter(pk=job.params["batch"]).update(job=job)


def _page_of_batch(job: Job) -> str:
    return reverse("review:batch_result", args=[DecisionBatch.objects.get(pk=job.params["batch"]).number])


@job_kind("decide_batch", label=gettext_lazy("批量处理申报"), again=_go_on_as, page=_page_of_batch)
def decide_batch(job: RunningJob, *, batch: int) -> None:
    """Decide what still waits in a batch, part by part; a second run goes on where the first was killed."""
    row = DecisionBatch.objects.visible_to(job.owner).get(pk=batch)
    total = row.rows.exclude(state=RowState.SKIPPED).count()
    waiting = row.rows.filter(state=RowState.WAITING).count()
    set_origin(None, str(row.number))
    job.progress(total - waiting, total, _("正在逐条处理"))
    while decided := decide_part(row):
        waiting -= decided
        job.progress(total - waiting, total)


def _page_of_statistics(job: Job) -> str:
    code = Scheme.objects.values_list("code", flat=True).get(pk=job.params["scheme"])
    return f"{reverse('review:statistics')}?scheme={code}"


@job_kind(STATISTICS, label=gettext_lazy("统计"), page=_page_of_statistics)
def statistics(job: RunningJob, *, scheme: int) -> None:
    """Count a scheme's claims; a second run counts again and replaces the first one's figures."""
    row = Scheme.objects.get(pk=scheme)
    if not can_take_statistics(job.owner, row):
        raise JobFailed(_("只有教务管理部门可以重新统计。"))
    job.progress(0, 1, _("正在统计"))
    take_statistics(row, job.owner)
    job.progress(1, 1, _("统计完成，新的数字在“统计”页。"))


def _page_of_record(job: Job) -> str:
    return reverse("review:import_record", args=[job.params["row"]])


@job_kind(ROLL_BACK, label=gettext_lazy("撤回导入"), page=_page_of_record)
def roll_back_import(job: RunningJob, *, row: int, reason: str, seen: Sequence[int]) -> None:
    """Take an import of very many rows back, in one transaction; a second run finds nothing more to take."""
    imported = SheetImport.objects.visible_to(job.owner).get(pk=row)
    removed, restored, left = seen
    job.progress(0, sum(seen), _("正在核对并撤回"))
    try:
        plan = roll_back_sheet(imported, job.owner, reason=reason, seen=(removed, restored, left))
    except PreviewMoved as moved:
        if moved.numbers[:2] == (0, 0):
            return
        raise JobFailed(_("预览之后情况有变，什么都没有撤回。请重新核对后再确认。")) from moved
    except NotAllowed as refused:
        if imported.rolled_back_at is not None:
            return
        raise JobFailed(str(refused.verdict.reason)) from refused
    except ValidationError as error:
        raise JobFailed(" ".join(error.messages)) from error
    job.progress(sum(seen), sum(seen), done(plan.numbers))


def _page_of_import(job: Job) -> str:
    return reverse("review:import", args=[job.params["batch"]])


@job_kind("import_records", label=gettext_lazy("导入认定记录"), page=_page_of_import)
def import_records(job: RunningJob, *, batch: int) -> None:
    """Record a staged workbook, all rows in one transaction; a second run finds it applied and has nothing to do."""
    row = ImportBatch.objects.visible_to(job.owner).get(pk=batch)
    if row.state == BatchState.APPLIED:
        return
    # Progress ends before the transaction begins: inside it nobody would see the row, and cancelling would wait for it.
    job.progress(0, row.rows, _("正在核对并写入 %(rows)s 行") % {"rows": row.rows})
    try:
        applied = apply_import(row, job.owner)
    except BatchMoved as error:
        raise JobFailed(_("这个批次已经处理过，没有重复执行。")) from error
    if not applied:
        raise JobFailed(_("有内容需要改正，什么都没有导入。请打开批次查看。"))
    job.progress(row.rows, row.rows, _("已导入 %(count)s 条记录。") % {"count": row.report["create"]})
