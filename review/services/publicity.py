"""What the office does with a publicity list (公示): draft, change, publish, withdraw.

Everything that happens to a list, its objections and its notice happens under the lock of its row: an objection never
arrives behind the notice's back. A list is published as it was previewed or not at all, and frozen with its digest.
"""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.enums import Counting
from portal.holidays import holiday_table
from portal.points import as_points
from portal.trail import record
from portal.workdays import MOST_DAYS, Period, period_of
from portal.workflow import NotAllowed, StaleRecord, lock_all
from review.models import EntryState, ListState, PublicityEntry, PublicityList
from review.publicity.lines import Line, digest, digest_of_lines
from review.publicity.rules import can_keep_publicity, moment
from review.publicity.snapshot import list_snapshot
from review.publicity.subjects import subjects_of
from review.publicity.telling import tell_students

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator

    from credits.models import Round, Scheme
    from portal.models import Person
    from portal.verdict import Verdict

CODE_BYTES = 9


@dataclass(frozen=True, slots=True)
class Plan:
    """What a list is called and how long it is shown; ``opens_at`` None: from the moment it is published."""

    title: str
    opens_at: datetime.datetime | None
    days: int
    counting: str


@dataclass(frozen=True, slots=True)
class Preview:
    """Exactly what will be public; ``scrubbed`` are the positions whose text lost a personal number."""

    lines: tuple[Line, ...]
    subjects: tuple[Any, ...]
    scrubbed: frozenset[int]

    @property
    def digest(self) -> str:
        """Return what the publication compares."""
        return digest_of_lines(self.lines)


@contextmanager
def in_list(row: PublicityList, *states: str, revision: int | None = None) -> Iterator[PublicityList]:
    """Hold the list's row for a verb that needs it in one of the states; yields the row.

    Raises ``StaleRecord`` when it stands elsewhere, or when ``revision`` is not the one that the person saw.
    """
    with transaction.atomic():
        held = PublicityList.objects.select_for_update(of=("self",)).select_related("scheme", "round").get(pk=row.pk)
        if held.state not in states or (revision is not None and held.revision != revision):
            raise StaleRecord("publicity", row.pk, reverse("review:publicity_list", args=[row.pk]))
        yield held


def preview(row: PublicityList) -> Preview:
    """Return what the list would show if it were published now."""
    kind = subjects_of(row.kind)
    found = tuple(kind.waiting(row.scheme, row.round))
    lines = tuple(kind.line(place, subject) for place, subject in enumerate(found, start=1))
    scrubbed = frozenset(place for place, subject in enumerate(found, start=1) if kind.was_scrubbed(subject))
    return Preview(lines, found, scrubbed)


def period(plan: Plan | PublicityList, opens_at: datetime.datetime) -> Period:
    """Return the period of a plan or a list that opens at a moment, by the holiday table as it is now."""
    zone = timezone.get_current_timezone()
    table = holiday_table(opens_at.astimezone(zone).date())
    return period_of(opens_at, plan.days, plan.counting, table, zone)


def draft_list(actor: Person, scheme: Scheme, round_: Round | None, kind: str, plan: Plan) -> PublicityList:
    """Begin a list that only the office sees. Raises ``NotAllowed``, then ``ValidationError`` by field."""
    verdict = allow(can_keep_publicity(actor, scheme))
    check_plan(plan)
    with transaction.atomic():
        row = PublicityList(scheme=scheme, round=round_, kind=kind, created_by=actor)
        row.code = secrets.token_urlsafe(CODE_BYTES)
        _write(row, plan)
        row.save()
        note("create", row, actor, verdict, after=_facts(row))
    return row


def change_list(row: PublicityList, actor: Person, plan: Plan, *, revision: int) -> PublicityList:
    """Change a list that was not published yet. Nothing new to keep means no event."""
    verdict = allow(can_keep_publicity(actor, row.scheme))
    check_plan(plan)
    with in_list(row, ListState.DRAFT, revision=revision) as held:
        before = _facts(held)
        _write(held, plan)
        if _facts(held) != before:
            held.revision += 1
            held.save()
            note("change", held, actor, verdict, before=before, after=_facts(held))
    return held


def publish_list(
    row: PublicityList, actor: Person, *, revision: int, seen: str, at: datetime.datetime | None = None
) -> PublicityList:
    """Freeze the list and show it from its opening moment on; its students are told.

    ``seen`` is the digest of the preview that was confirmed. Raises ``ValidationError`` when what waits is no longer
    that, when nothing waits, or when the chosen opening has passed.
    """
    verdict = allow(can_keep_publicity(actor, row.scheme))
    with in_list(row, ListState.DRAFT, revision=revision) as held:
        found = _lock_and_preview(held)
        if not found.lines:
            raise ValidationError({"seen": _("没有待公示的结果。")})
        if found.digest != seen:
            raise ValidationError({"seen": _("名单在您核对之后有变化，请重新核对后再发布。")})
        _open(held, at or timezone.now())
        entries = [_entry(held, line, subject) for line, subject in zip(found.lines, found.subjects, strict=True)]
        PublicityEntry.objects.bulk_create(entries, batch_size=500)
        held.snapshot = list_snapshot(held, found.lines)
        held.sha256 = digest(held.snapshot)
        held.state, held.revision = ListState.PUBLISHED, held.revision + 1
        held.save()
        facts = {**_facts(held), "closes_at": moment(held.closes_at), "entries": len(entries), "sha256": held.sha256}
        note("publish", held, actor, verdict, after=facts)
        period = {"opens": moment(held.opens_at), "closes": moment(held.closes_at)}
        tell_students(found.subjects, held, "publicised", {"list": held.title, **period})
    return held


def withdraw_list(row: PublicityList, actor: Person, *, reason: str, revision: int) -> PublicityList:
    """Take a list down before its notice, with the reason; what stood in it may go into a corrected list.

    Lines whose objection is open stay with it until it is decided. A draft is simply put away.
    """
    verdict = allow(can_keep_publicity(actor, row.scheme))
    require_words(reason, _("请填写撤下的理由。"))
    with in_list(row, ListState.DRAFT, ListState.PUBLISHED, revision=revision) as held:
        was_public = held.state == ListState.PUBLISHED
        field = subjects_of(held.kind).field
        listed = held.entries.filter(state=EntryState.LISTED).select_related(f"{field}__student__person")
        subjects = [getattr(entry, field) for entry in listed]
        held.entries.filter(state=EntryState.LISTED).update(state=EntryState.CARRIED)
        held.state, held.revision = ListState.WITHDRAWN, held.revision + 1
        held.save()
        note("withdraw", held, actor, verdict, reason=reason.strip(), after={"entries": len(subjects)})
        if was_public:
            tell_students(subjects, held, "unpublicised", {"list": held.title})
    return held


def check_plan(plan: Plan) -> None:
    """Raise ``ValidationError`` by field for everything that cannot be kept, all at once."""
    problems: dict[str, str] = {}
    if not plan.title.strip():
        problems["title"] = _("请填写标题。")
    if not 1 <= plan.days <= MOST_DAYS:
        problems["days"] = _("公示天数为 1 到 %(most)s 天。") % {"most": MOST_DAYS}
    if plan.counting not in Counting.values:
        problems["counting"] = _("请从列表中选择。")
    if problems:
        raise ValidationError(problems)


def allow(verdict: Verdict) -> Verdict:
    """Return the verdict, or raise ``NotAllowed`` when it is no."""
    if not verdict:
        raise NotAllowed(verdict)
    return verdict


def require_words(words: str, problem: str) -> None:
    """Raise ``ValidationError`` beside the field when no reason was written."""
    if not words.strip():
        raise ValidationError({"reason": problem})


def note(
    verb: str,
    row: PublicityList,
    actor: Person,
    verdict: Verdict,
    *,
    before: Any = None,
    after: Any = None,
    reason: str = "",
) -> None:
    """Leave the verb's one event on the list."""
    changes = (before or {}, after or {})
    facts: Any = {"key": row.pk, "label": row.title, "scheme": row.scheme.code}
    record(verb, actor, kind="publicity", role=verdict.role, reason=reason, changes=changes, **facts)


def _write(row: PublicityList, plan: Plan) -> None:
    row.title, row.opens_at = plan.title.strip(), plan.opens_at
    row.days, row.counting = plan.days, plan.counting


def _lock_and_preview(row: PublicityList) -> Preview:
    """Lock what waits, in the order of keys, then read it again: no score changes between preview and snapshot."""
    kind = subjects_of(row.kind)
    waiting = kind.waiting(row.scheme, row.round).order_by().values("pk")
    locked = lock_all(waiting.model._base_manager.filter(pk__in=waiting))
    list(locked.values_list("pk", flat=True))
    return preview(row)


def _open(row: PublicityList, now: datetime.datetime) -> None:
    """Fix the period: from the chosen moment, or from now."""
    if row.opens_at is not None and row.opens_at < now:
        raise ValidationError({"opens_at": _("公示开始时间已过，请改为更晚的时间或立即开始。")})
    opens_at = row.opens_at or now.replace(microsecond=0)
    row.opens_at, row.closes_at = opens_at, period(row, opens_at).closes_at


def _entry(row: PublicityList, line: Line, subject: Any) -> PublicityEntry:
    facts = {**asdict(line), "score": as_points(line.score)}
    return PublicityEntry(list=row, **facts, **subjects_of(row.kind).entry(subject))


def _facts(row: PublicityList) -> dict[str, Any]:
    """Freeze a list for its events."""
    return {
        "title": row.title,
        "kind": row.kind,
        "round": row.round_id,
        "opens_at": moment(row.opens_at),
        "days": row.days,
        "counting": row.counting,
    }
