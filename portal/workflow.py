"""The workflow kernel: who may move a subject from where to where, through one door.

A subject (a claim, a conversion application) is ``Reviewable``. Its legal moves stand in one table; buttons, the state
diagram of the documentation and the checks all come from that table. Every verb passes ``transition``: lock the row,
compare the revision, find the move, ask permission, change, save, write one event. Nothing happens in ``save()``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar

from django.db import models, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.enums import Status
from portal.models.events import EventBase
from portal.models.people import College, Person
from portal.standing_types import Power
from portal.together import held
from portal.trail import write_event
from portal.verdict import Verdict


class WorkflowError(Exception):
    """A verb that could not be carried out; nothing was changed."""


class StaleSubject(WorkflowError):  # noqa: N818 - the house's word for "somebody else was faster"
    """The page was older than the record: somebody else was faster."""

    def __init__(self, subject: Reviewable) -> None:
        super().__init__("stale")
        self.subject = subject


class StaleRecord(WorkflowError):  # noqa: N818 - as above
    """The page was older than a record of office-keeping; ``kind`` and ``key`` name its events."""

    def __init__(self, kind: str, key: object, address: str = "") -> None:
        super().__init__("stale")
        self.kind = kind
        self.key = str(key)
        self.address = address


class NotAllowed(WorkflowError):  # noqa: N818 - reads as the sentence it is
    """The person may not do this; the verdict says why."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(str(verdict.reason))
        self.verdict = verdict


@dataclass(frozen=True, slots=True)
class Move:
    """One legal move: a verb, the states it starts from, the states it may end in, and whose it is."""

    verb: str
    label: str | Promise
    sources: frozenset[str]
    targets: frozenset[str]
    by: str  # "owner", "reviewer" or "office": read by the state diagram and the permission matrix


def move(verb: str, label: str | Promise, sources: Sequence[str], targets: Sequence[str], by: str) -> Move:
    """Build one row of a table of moves."""
    return Move(verb, label, frozenset(sources), frozenset(targets), by)


class MoveTable:
    """All legal moves of one kind of subject."""

    def __init__(self, *moves: Move) -> None:
        self.moves = moves
        self._by_verb = {row.verb: row for row in moves}

    def __getitem__(self, verb: str) -> Move:
        return self._by_verb[verb]

    def __iter__(self) -> Iterator[Move]:
        return iter(self.moves)

    def from_state(self, status: str) -> tuple[Move, ...]:
        """Return what is possible from a state, in the table's order."""
        return tuple(row for row in self.moves if status in row.sources)


class Reviewable(models.Model):
    """Something that a student files and others decide on, stage by stage."""

    status = models.CharField(_("审核状态"), max_length=12, choices=Status, default=Status.DRAFT)
    stage = models.CharField(_("审核环节"), max_length=32, blank=True)
    college = models.ForeignKey(College, models.PROTECT, related_name="+", verbose_name=_("学院"))
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    stage_entered_at = models.DateTimeField(_("进入环节时间"), null=True, blank=True)
    decided_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    revision = models.PositiveIntegerField(_("修订号"), default=0)
    created_at = models.DateTimeField(_("建立时间"), default=timezone.now, editable=False)

    MOVES: ClassVar[MoveTable]
    EVENT: ClassVar[type[EventBase]]

    class Meta:
        abstract = True

    def trail_facts(self) -> dict[str, Any]:
        """Return what an event freezes before and after a verb (JSON values)."""
        return {}

    def within(self, power: Power) -> bool:
        """Whether it lies within an appointment's scope; a subject with more than a college says more."""
        return power.reaches(college_id=self.college_id)

    @property
    def is_editable(self) -> bool:
        """Whether the student may change the content: only drafts and what was returned."""
        return self.status in {Status.DRAFT, Status.RETURNED}

    @property
    def is_pending(self) -> bool:
        """Whether somebody still has to decide."""
        return self.status in {Status.IN_REVIEW, Status.PUBLICITY}


Subject = TypeVar("Subject", bound=Reviewable)
Permission = Callable[[Person, Any], Verdict]


@dataclass
class Step:
    """What a verb adds to its event."""

    role: str = ""
    reason: str = ""
    after: dict[str, Any] = field(default_factory=dict)
    event: EventBase | None = None


def lock(subject: Subject) -> Subject:
    """Return the row, locked until the transaction ends (SQLite: the transaction already holds the only write lock)."""
    return type(subject)._base_manager.select_for_update(of=("self",)).get(pk=subject.pk)


def lock_all(subjects: models.QuerySet[Subject]) -> models.QuerySet[Subject]:
    """Return the rows locked in the order of their keys, so that two verbs over many never wait for each other."""
    return subjects.select_for_update(of=("self",)).order_by("pk")


@contextmanager
def transition(
    subject: Subject,
    verb: str,
    actor: Person,
    *,
    may: Permission,
    revision: int | None = None,
    reason: str = "",
) -> Iterator[tuple[Subject, Step]]:
    """Carry out one verb on one subject: yields the locked row for the verb to change, then saves it with one event.

    ``revision`` is the revision the person saw; None skips that comparison (jobs that select by state). A row held by
    ``portal.together`` is taken as it is. Raises ``StaleSubject`` when the row has moved on, then ``NotAllowed`` when
    the person may not, both before any change.
    A row whose new status is not a target of the move is a programming error and raises ``RuntimeError``.
    """
    row = held(subject)
    with transaction.atomic() if row is None else nullcontext():  # who holds the row holds the transaction
        row = row or lock(subject)
        legal = row.MOVES[verb]
        if row.status not in legal.sources or (revision is not None and row.revision != revision):
            raise StaleSubject(row)
        verdict = may(actor, row)
        if not verdict:
            raise NotAllowed(verdict)
        before, from_state, stored = row.trail_facts(), state_of(row), _stored(row)
        step = Step(role=verdict.role, reason=reason)
        yield row, step
        if row.status not in legal.targets:
            msg = f"{verb} may not end in {row.status}"
            raise RuntimeError(msg)
        row.revision += 1
        row.save(update_fields=_to_store(row, stored))
        step.event = write_event(
            row.EVENT,
            verb,
            actor,
            role=step.role,
            from_state=from_state,
            to_state=state_of(row),
            reason=step.reason,
            changes=(before, {**row.trail_facts(), **step.after}),
            subject=row,
        )
        adopt(subject, row)


def _stored(row: Reviewable) -> dict[str, Any]:
    """Return the row's columns as they stand in the database."""
    return {column.attname: getattr(row, column.attname) for column in row._meta.concrete_fields}


def _to_store(row: Reviewable, stored: dict[str, Any]) -> list[str]:
    """Return the columns that a verb changed; what holds parts of its own may have changed inside."""
    return [name for name, old in stored.items() if isinstance(old, dict | list) or getattr(row, name) != old]


def state_of(row: Reviewable) -> str:
    """Return the state as the trail writes it: ``in_review:college``."""
    return f"{row.status}:{row.stage}" if row.stage and row.status == Status.IN_REVIEW else row.status


def adopt(subject: Reviewable, row: Reviewable) -> None:
    """Give the caller's object the values that were saved, so that pages and messages speak of the present."""
    for column in row._meta.concrete_fields:
        setattr(subject, column.attname, getattr(row, column.attname))


def enter_stage(row: Reviewable, stage: str) -> None:
    """Put the row into a review stage, from now."""
    row.status, row.stage, row.stage_entered_at = Status.IN_REVIEW, stage, timezone.now()


def close(row: Reviewable, status: str) -> None:
    """End the review in a status, now."""
    row.status, row.stage, row.decided_at = status, "", timezone.now()
