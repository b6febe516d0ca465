"""The formal notice (发文): issued once, after the period, for the lines that nothing speaks against; then effective.

Issuing freezes the notice and enqueues one job. The job puts each line into effect in a transaction of its own, line
and result together, so that it can be killed anywhere and run again: what is done is seen in the line's state.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from credits.services.ledger import NotEnoughPoints
from portal.enums import Role, Status
from portal.jobs import enqueue
from portal.models import Job
from portal.trail import record
from portal.workflow import StaleRecord, StaleSubject, WorkflowError
from review.models import EntryState, FormalNotice, ListState, PublicityEntry, PublicityList
from review.publicity.lines import digest
from review.publicity.rules import can_issue, can_keep_publicity
from review.publicity.snapshot import notice_snapshot
from review.publicity.subjects import subjects_of
from review.services.publicity import allow, in_list

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator

    from portal.jobs import RunningJob
    from portal.models import Person

JOB = "publicity_effect"


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above a notice."""

    number: str
    title: str
    issued_on: datetime.date


def ready_lines(row: PublicityList) -> list[PublicityEntry]:
    """Return the lines that a notice would make effective: listed, and their results as they were shown."""
    return [entry for entry, state in _judged(row) if state == EntryState.LISTED]


def issue_notice(
    row: PublicityList, actor: Person, heading: Heading, *, revision: int, at: datetime.datetime | None = None
) -> FormalNotice:
    """Issue the notice of a list whose period is over, and enqueue the one job that makes its lines effective.

    Lines with an open objection stay behind. Raises ``StaleRecord`` when there is a notice already or the list has
    moved on, ``NotAllowed`` before the period has ended, then ``ValidationError`` by field.
    """
    _check(heading)
    now = at or timezone.now()
    with in_list(row, ListState.PUBLISHED, revision=revision) as held:
        verdict = allow(can_issue(actor, held, now))
        lines = _sort_out(held)
        if not lines:
            raise ValidationError(_("没有可以发文的条目：异议办结后请重新公示，或撤下这份公示。"))
        notice = _freeze(held, actor, heading, [entry.position for entry in lines])
        held.state, held.revision = ListState.NOTICED, held.revision + 1
        held.save(update_fields=["state", "revision"])
        left = held.entries.filter(state=EntryState.HELD).count()
        facts = {"number": notice.number, "entries": len(lines), "held": left, "sha256": notice.sha256}
        _note("issue", held, actor, verdict.role, facts)
        enqueue(JOB, actor, about=notice.number, notice=notice.pk)
    return notice


def resume_effect(row: PublicityList, actor: Person) -> Job:
    """Enqueue the job again that was lost or failed; raises ``StaleRecord`` while one is at work or nothing is left."""
    verdict = allow(can_keep_publicity(actor, row.scheme))
    with in_list(row, ListState.NOTICED) as held:
        notice = held.notice
        if running_job(notice) is not None or notice.effective_at is not None:
            raise StaleRecord("publicity", held.pk, reverse("review:publicity_list", args=[held.pk]))
        _note("resume", held, actor, verdict.role, {"number": notice.number})
        return enqueue(JOB, actor, about=notice.number, notice=notice.pk)


def running_job(notice: FormalNotice) -> Job | None:
    """Return the job that makes the notice effective at this moment."""
    return Job.objects.active().filter(kind=JOB, params__notice=notice.pk).first()


def make_effective(notice: FormalNotice, job: RunningJob) -> list[str]:
    """Put every line of the notice into effect, each in its own transaction; return what could not be, in words.

    Run twice, the second run finds nothing to do. When nothing is left the notice is effective as a whole.
    """
    row = notice.list
    waiting = list(row.entries.filter(state=EntryState.LISTED).order_by("position").values_list("pk", flat=True))
    message = _("正在生效 %(number)s") % {"number": notice.number}
    problems = [
        problem
        for pk in job.track(waiting, len(waiting), message)
        if (problem := put_into_effect(pk, job.owner, notice.number))
    ]
    job.progress(len(waiting), len(waiting))
    if not problems:
        _finish(notice, job.owner)
    return problems


def put_into_effect(pk: int, actor: Person, number: str) -> str:
    """Make one line effective, its result and its state in one transaction; return what was in the way, or nothing."""
    try:
        with transaction.atomic():
            entry = PublicityEntry.objects.select_for_update(of=("self",)).select_related("list").get(pk=pk)
            if entry.state != EntryState.LISTED:
                return ""
            kind = subjects_of(entry.list.kind)
            subject = kind.of(entry)
            if subject.status == Status.PUBLICITY:
                kind.effect(subject, actor, number)
                entry.state = EntryState.EFFECTIVE
            else:  # revoked for fraud between notice and effect
                entry.state = EntryState.REMOVED
            entry.save(update_fields=["state"])
    except (WorkflowError, ValidationError, NotEnoughPoints) as error:
        words = _("状态刚刚有变化") if isinstance(error, StaleSubject) else error
        return _("第 %(position)s 条：%(problem)s") % {"position": entry.position, "problem": words}
    return ""


def _judged(row: PublicityList) -> Iterator[tuple[PublicityEntry, str]]:
    """Yield the listed lines and what the results behind them make of them."""
    kind = subjects_of(row.kind)
    for entry in row.entries.filter(state=EntryState.LISTED).select_related(kind.field).order_by("position"):
        subject = kind.of(entry)
        if subject.status != Status.PUBLICITY:
            yield entry, EntryState.REMOVED
        elif kind.score(subject) != entry.score:
            yield entry, EntryState.CORRECTED
        else:
            yield entry, EntryState.LISTED


def _sort_out(row: PublicityList) -> list[PublicityEntry]:
    """Take the lines out whose results are no longer what was shown, and return the others."""
    list(row.entries.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    kept = []
    for entry, state in _judged(row):
        if state == EntryState.LISTED:
            kept.append(entry)
        else:
            entry.state = state
            entry.save(update_fields=["state"])
    return kept


def _freeze(row: PublicityList, actor: Person, heading: Heading, positions: list[int]) -> FormalNotice:
    wanted = set(positions)
    entries = [entry for entry in row.snapshot["entries"] if entry["position"] in wanted]
    facts: dict[str, Any] = {
        "number": heading.number.strip(),
        "title": heading.title.strip(),
        "issued_on": heading.issued_on,
    }
    snapshot = notice_snapshot(row, **facts, entries=entries)
    try:
        with transaction.atomic():
            return FormalNotice.objects.create(
                list=row, **facts, issued_by=actor, snapshot=snapshot, sha256=digest(snapshot)
            )
    except IntegrityError:  # a constraint: a number is given once
        raise ValidationError({"number": _("这个文号已经用过。")}) from None


def _check(heading: Heading) -> None:
    problems = {}
    if not heading.number.strip():
        problems["number"] = _("请填写文号。")
    if not heading.title.strip():
        problems["title"] = _("请填写标题。")
    if problems:
        raise ValidationError(problems)


def _finish(notice: FormalNotice, actor: Person) -> None:
    """Note once that everything is effective."""
    with transaction.atomic():
        row = FormalNotice.objects.select_for_update(of=("self",)).select_related("list").get(pk=notice.pk)
        if row.effective_at is not None:
            return
        row.effective_at = timezone.now()
        row.save(update_fields=["effective_at"])
        count = row.list.entries.filter(state=EntryState.EFFECTIVE).count()
        _note("take_effect", row.list, actor, Role.OFFICE, {"number": row.number, "effective": count})


def _note(verb: str, row: PublicityList, actor: Person, role: str, facts: dict[str, Any]) -> None:
    record(
        verb,
        actor,
        kind="publicity",
        key=row.pk,
        label=row.title,
        role=role,
        scheme=row.scheme.code,
        changes=({}, facts),
    )
