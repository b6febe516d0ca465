"""Objections (异议) to single lines: made within the period, taken back, decided by the office.

An objection holds its line, and the lines of the same team: only these wait. Who objected is the office's to know.
Everything happens under the lock of the list; lines are locked before the results behind them.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.enums import Status
from portal.files import FilePolicy, store_upload
from portal.trail import record
from portal.workflow import StaleRecord
from review.models import EntryState, ListState, Objection, ObjectionFile, ObjectionState, PublicityEntry
from review.publicity.rules import can_handle, can_object, can_take_back
from review.publicity.snapshot import version_in_force
from review.publicity.subjects import LIVE, subjects_of
from review.publicity.telling import tell_objectors, tell_offices, tell_students
from review.services.publicity import allow, in_list, require_words

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from django.core.files.uploadedfile import UploadedFile

    from portal.models import Person
    from review.models import PublicityList

STRIKE, CORRECT, REJECT = "strike", "correct", "reject"


@dataclass(frozen=True, slots=True)
class Decision:
    """How the office decides: ``verb`` is strike, correct or reject; ``answer`` is read by all who are concerned."""

    verb: str
    answer: str
    score: Decimal | None = None
    beyond: bool = False  # the committee's reasoned decision outside the range
    together: bool = True  # a strike takes the whole team along, not this member alone


def file_policy(row: PublicityList) -> tuple[FilePolicy, int]:
    """Return which files an objection takes, and how many: those of the scheme's claims."""
    version = version_in_force(row.scheme)
    if version is None:
        return FilePolicy(), 0
    limits = version.data.limits
    return FilePolicy(types=limits.file_types, max_bytes=limits.file_bytes), limits.files_per_claim


def object_to(
    entry: PublicityEntry,
    actor: Person,
    *,
    reason: str,
    uploads: Sequence[UploadedFile] = (),
    at: datetime.datetime | None = None,
) -> Objection:
    """Object to one line; it waits until the office has decided. ``at`` is when the request arrived: that decides.

    Raises ``NotAllowed`` outside the period, ``ValidationError`` by field (no reason, too many files, an open objection
    of the same person), ``FileRefused`` for a bad file.
    """
    with in_list(entry.list, *ListState.values) as row:
        group = _group(row, entry)
        held = next(one for one in group if one.pk == entry.pk)
        verdict = allow(can_object(actor, held, at or timezone.now()))
        require_words(reason, _("请填写异议的理由。"))
        if held.state not in LIVE:
            raise ValidationError({"reason": _("这一条已经处理（%(state)s）。") % {"state": held.get_state_display()}})
        objection = _create(held, actor, reason.strip(), uploads)
        waiting = [one for one in group if one.state == EntryState.LISTED]
        _set_states(dict.fromkeys(waiting, EntryState.HELD.value))
        facts = {"list": row.pk, "position": held.position, "held": [one.position for one in waiting]}
        _note("object", objection, actor, verdict.role, after=facts)
        tell_students(_subjects(row, waiting), row, "objected", {"item": held.item})
        tell_offices(objection)
    return objection


def take_back(objection: Objection, actor: Person, *, revision: int) -> Objection:
    """Take an own objection back; its lines go on unless another objection to them is open."""
    with _holding(objection, revision, reverse("review:my_objection", args=[objection.number])) as held:
        verdict = allow(can_take_back(actor, held))
        _close(held, ObjectionState.WITHDRAWN, actor, "")
        _settle(held.entry)
        _note("take_back", held, actor, verdict.role)
    return held


def decide_objection(objection: Objection, actor: Person, decision: Decision, *, revision: int) -> Objection:
    """Decide an objection: strike the result, correct its score, or reject the objection; all concerned are told.

    A strike answers every other open objection to the struck results, too. Raises ``StaleRecord`` when somebody was
    faster, ``NotAllowed``, then ``ValidationError`` by field (no answer, a score that the rules do not allow).
    """
    require_words(decision.answer, _("请填写处理意见，异议人和学生会看到它。"))
    if decision.verb not in {STRIKE, CORRECT, REJECT}:
        raise ValidationError({"verb": _("请从列表中选择。")})
    with _holding(objection, revision, reverse("review:objection", args=[objection.pk])) as held:
        verdict = allow(can_handle(actor, held))
        answer, upheld = decision.answer.strip(), decision.verb != REJECT
        if upheld:
            _carry_out(held.entry, actor, decision, answer)
        closed = [held, *(_answered_too(held) if upheld else ())]
        for one in closed:
            _close(one, ObjectionState.UPHELD if upheld else ObjectionState.REJECTED, actor, answer)
        lines = _settle(held.entry)
        facts = {"closed": [one.number for one in closed]}
        _note(decision.verb, held, actor, verdict.role, after=facts, reason=answer)
        tell_objectors(closed)
        if not upheld:  # the other verbs tell the students themselves
            row, words = held.entry.list, {"item": held.entry.item, "answer": answer}
            tell_students(_subjects(row, lines), row, "objection_rejected", words)
    return held


@contextmanager
def _holding(objection: Objection, revision: int, address: str) -> Iterator[Objection]:
    """Hold the list, then the objection; raises ``StaleRecord`` (with its page) when the objection has moved on."""
    with in_list(objection.entry.list, *ListState.values) as row:
        related = ("entry__claim__student", "entry__application__student", "person")
        held = Objection.objects.select_for_update(of=("self",)).select_related(*related).get(pk=objection.pk)
        if held.state != ObjectionState.OPEN or held.revision != revision:
            raise StaleRecord("objection", held.pk, address)
        held.entry.list = row
        yield held


def _carry_out(entry: PublicityEntry, actor: Person, decision: Decision, answer: str) -> None:
    """Run the result's own verb; raises ``ValidationError`` when it, or its team's lead, has left publicity already."""
    kind = subjects_of(entry.list.kind)
    subject = kind.of(entry)
    if subject.status != Status.PUBLICITY:
        words = {"state": subject.get_status_display()}
        raise ValidationError({"verb": _("该结果已是“%(state)s”，只能答复异议。") % words})
    lead = kind.lead(subject) if decision.verb == CORRECT or decision.together else subject
    if lead.status != Status.PUBLICITY:
        words = {"state": lead.get_status_display()}
        raise ValidationError(
            {"verb": _("牵头人的结果已是“%(state)s”，不能再和它一并处理：可以只处理这一人，或答复异议。") % words}
        )
    if decision.verb == STRIKE:
        kind.strike(subject, actor, reason=answer, together=decision.together)
    elif decision.score is None:
        raise ValidationError({"score": _("请填写更正后的分值。")})
    else:
        kind.correct(subject, actor, score=decision.score, reason=answer, beyond=decision.beyond)


def _create(entry: PublicityEntry, actor: Person, reason: str, uploads: Sequence[UploadedFile]) -> Objection:
    policy, most = file_policy(entry.list)
    if len(uploads) > most:
        raise ValidationError({"files": _("最多上传 %(most)s 个文件。") % {"most": most}})
    count = Objection.objects.filter(entry__list=entry.list_id).count()
    number = f"YY{entry.list_id:05d}-{count + 1:04d}"
    try:
        with transaction.atomic():
            objection = Objection.objects.create(entry=entry, number=number, person=actor, reason=reason)
    except IntegrityError:  # a constraint: one open objection of a person to a line
        raise ValidationError({"reason": _("您对这一条的异议正在处理，请勿重复提出。")}) from None
    for upload in uploads:
        ObjectionFile.objects.create(objection=objection, file=store_upload(upload, actor=actor, policy=policy))
    return objection


def _group(row: PublicityList, entry: PublicityEntry) -> list[PublicityEntry]:
    """Return the list's lines of all results that are decided together with this one, locked."""
    kind = subjects_of(row.kind)
    ids = kind.group(kind.of(entry))
    found = PublicityEntry.objects.select_for_update(of=("self",)).filter(**{f"{kind.field}__in": ids}, list=row)
    group = list(found.order_by("pk"))
    for one in group:
        one.list = row
    return group


def _subjects(row: PublicityList, lines: Sequence[PublicityEntry]) -> list[Any]:
    """Return the results behind lines as they stand now, in the order of the lines."""
    kind = subjects_of(row.kind)
    ids = [getattr(one, f"{kind.field}_id") for one in lines]
    found = {subject.pk: subject for subject in kind.all_of(row.scheme, None).filter(pk__in=ids)}
    return [found[pk] for pk in ids]


def _answered_too(objection: Objection) -> list[Objection]:
    """Return the other open objections to results that are in publicity no longer."""
    group = _group(objection.entry.list, objection.entry)
    gone = [
        one.pk
        for one, subject in zip(group, _subjects(objection.entry.list, group), strict=True)
        if subject.status != Status.PUBLICITY
    ]
    others = Objection.objects.filter(entry__in=gone, state=ObjectionState.OPEN).exclude(pk=objection.pk)
    return list(others.select_related("person").order_by("pk"))


def _settle(entry: PublicityEntry) -> list[PublicityEntry]:
    """Give the held lines of a group the state that follows from their results, and return them.

    A result that was refused is removed; one with another score is corrected and goes into a later list; one that
    stands goes on, once no objection to the group is open: in this list while it is shown, otherwise in a later one.
    """
    row = entry.list
    group = _group(row, entry)
    held = [one for one in group if one.state in {EntryState.HELD, EntryState.CORRECTED}]
    disputed = Objection.objects.filter(entry__in=group, state=ObjectionState.OPEN).exists()
    subjects = _subjects(row, held)
    _set_states({one: _state_of(one, subject, disputed) for one, subject in zip(held, subjects, strict=True)})
    return held


def _state_of(entry: PublicityEntry, subject: Any, disputed: bool) -> str:  # noqa: FBT001 - one of three facts
    if subject.status != Status.PUBLICITY:
        return EntryState.REMOVED.value
    if entry.state == EntryState.CORRECTED or subjects_of(entry.list.kind).score(subject) != entry.score:
        return EntryState.CORRECTED.value
    if disputed:
        return EntryState.HELD.value
    return (EntryState.LISTED if entry.list.state == ListState.PUBLISHED else EntryState.CARRIED).value


def _set_states(states: dict[PublicityEntry, str]) -> None:
    for entry, state in states.items():
        if entry.state != state:
            entry.state = state
            entry.save(update_fields=["state"])


def _close(objection: Objection, state: ObjectionState, actor: Person, answer: str) -> None:
    objection.state, objection.answer = state.value, answer
    objection.handled_at, objection.handled_by = timezone.now(), actor
    objection.revision += 1
    objection.save()


def _note(verb: str, objection: Objection, actor: Person, role: str, *, after: Any = None, reason: str = "") -> None:
    """Leave the verb's one event on the objection; what the objector wrote stays on the ticket."""
    key, label, code = objection.pk, objection.number, objection.entry.list.scheme.code
    record(
        verb,
        actor,
        kind="objection",
        key=key,
        label=label,
        role=role,
        scheme=code,
        reason=reason,
        changes=({}, after or {}),
    )
