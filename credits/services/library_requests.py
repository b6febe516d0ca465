"""Requests (入库申请) for competitions that the library does not hold: filed by students, answered by the office."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from credits.enums import LibraryState, RequestState
from credits.library import bound_categories, data_in_force
from credits.models import LibraryRequest
from credits.names import same_name
from credits.rules import can_ask_library, can_keep_library
from credits.services.library import add_entry
from portal.enums import NoticeKind
from portal.language import kept_language
from portal.notices import notify
from portal.trail import record
from portal.workflow import NotAllowed, WorkflowError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from credits.models import LibraryEntry, Scheme
    from credits.shelf import EntryData
    from portal.models import Person

KIND = "library_request"
MOST_OPEN = 10


@dataclass(frozen=True, slots=True)
class Wish:
    """What a student asks for: a competition, the year of the achievement, and why it should count."""

    name: str
    year: int
    reason: str
    organiser: str = ""


class AnsweredAlready(WorkflowError):  # noqa: N818 - the sentence people read
    """Somebody was faster; ``request`` is how it stands now."""

    def __init__(self, request: LibraryRequest) -> None:
        super().__init__("answered")
        self.request = request


def file_request(actor: Person, scheme: Scheme, wish: Wish) -> LibraryRequest:
    """Ask the office to take a competition in; raises ``NotAllowed``, then ``ValidationError`` by field."""
    verdict = can_ask_library(actor, scheme)
    if not verdict:
        raise NotAllowed(verdict)
    _check_wish(actor, scheme, wish)
    with transaction.atomic():
        row = LibraryRequest.objects.create(
            scheme=scheme,
            student=actor.student,
            name=wish.name.strip(),
            organiser=wish.organiser.strip(),
            year=wish.year,
            reason=wish.reason.strip(),
        )
        after = {"name": row.name, "organiser": row.organiser, "year": row.year}
        record(
            "ask",
            actor,
            kind=KIND,
            key=row.pk,
            label=row.name,
            role=verdict.role,
            scheme=scheme.code,
            changes=({}, after),
        )
    return row


def accept_request(actor: Person, request: LibraryRequest, *, entry: LibraryEntry, answer: str = "") -> LibraryRequest:
    """Tell the student which entry to choose. Raises ``NotAllowed``, ``AnsweredAlready``, ``ValidationError``."""
    with _opened(actor, request) as (row, role):
        if entry.scheme_id != row.scheme_id or entry.state != LibraryState.ACTIVE:
            raise ValidationError({"entry": _("请选择本办法在库的条目。")})
        row.entry = entry
        _answer(row, actor, role, RequestState.ACCEPTED, answer)
    return row


def accept_with_entry(actor: Person, request: LibraryRequest, data: EntryData, *, answer: str = "") -> LibraryRequest:
    """Take the competition in and tell the student, both or neither; raises as the two verbs do."""
    with transaction.atomic():
        entry = add_entry(actor, request.scheme, data)
        return accept_request(actor, request, entry=entry, answer=answer)


def decline_request(actor: Person, request: LibraryRequest, *, answer: str) -> LibraryRequest:
    """Tell the student why not. Raises ``NotAllowed``, ``AnsweredAlready``, ``ValidationError``."""
    with _opened(actor, request) as (row, role):
        if not answer.strip():
            raise ValidationError({"answer": _("请说明未采纳的原因。")})
        _answer(row, actor, role, RequestState.DECLINED, answer)
    return row


def _check_wish(actor: Person, scheme: Scheme, wish: Wish) -> None:
    if not bound_categories(data_in_force(scheme)):
        raise ValidationError(_("该办法没有与成果库绑定的类别。"))
    if not same_name(wish.name):
        raise ValidationError({"name": _("请填写名称。")})
    if not wish.reason.strip():
        raise ValidationError({"reason": _("请说明该赛事的情况。")})
    mine = LibraryRequest.objects.owned_by(actor).filter(scheme=scheme, state=RequestState.OPEN)
    waiting = [(same_name(name), year) for name, year in mine.values_list("name", "year")]
    if (same_name(wish.name), wish.year) in waiting:
        raise ValidationError({"name": _("这项申请已提交，请等待答复。")})
    if len(waiting) >= MOST_OPEN:
        raise ValidationError(_("最多同时有 %(most)s 项待答复的申请。") % {"most": MOST_OPEN})


@contextmanager
def _opened(actor: Person, request: LibraryRequest) -> Iterator[tuple[LibraryRequest, str]]:
    """Yield the locked request, still open, and the role in which the actor answers it."""
    verdict = can_keep_library(actor, request.scheme)
    if not verdict:
        raise NotAllowed(verdict)
    with transaction.atomic():
        found = LibraryRequest.objects.select_for_update(of=("self",)).select_related("student__person", "answered_by")
        row = found.get(pk=request.pk)
        if row.state != RequestState.OPEN:
            raise AnsweredAlready(row)
        yield row, verdict.role


def _answer(row: LibraryRequest, actor: Person, role: str, state: str, answer: str) -> None:
    row.state, row.answer = state, answer.strip()
    row.answered_by, row.answered_at = actor, timezone.now()
    row.save()
    after = {"state": str(state), "entry": row.entry.code if row.entry else ""}
    verb = "accept" if state == RequestState.ACCEPTED else "decline"
    changes = ({"state": str(RequestState.OPEN)}, after)
    record(
        verb,
        actor,
        kind=KIND,
        key=row.pk,
        label=row.name,
        role=role,
        scheme=row.scheme.code,
        reason=row.answer,
        changes=changes,
    )
    with kept_language():
        title = _("入库申请：%(state)s") % {"state": RequestState(state).label}
        lines = [row.name]
        if row.entry is not None:
            lines.append(_("请在申报时从创新成果库选择“%(name)s”（编号 %(code)s）。") % _named(row.entry))
        text = "\n".join([*lines, *([row.answer] if row.answer else [])])
    path = f"{reverse('credits:library_request')}#request-{row.pk}"
    notify(row.student.person, NoticeKind.INFORMATION, title, text=text, path=path)


def _named(entry: LibraryEntry) -> dict[str, str]:
    return {"name": entry.name, "code": entry.code}
