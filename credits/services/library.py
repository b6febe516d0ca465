"""Keeps the achievement library: entries added and changed, levels as ruled, entries withdrawn, duplicates merged."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from credits.enums import LibraryState
from credits.library import entry_facts, entry_names, why_not_choosable
from credits.models import LibraryEntry
from credits.rules import can_keep_library
from credits.services.library_projects import unite_projects
from credits.shelf import EntryData, Shelf
from portal.models import Event
from portal.pinyin import initials
from portal.points import format_points
from portal.trail import draft_event, record, write_events
from portal.workflow import NotAllowed, WorkflowError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from decimal import Decimal

    from django.db.models import QuerySet

    from credits.models import Claim, Scheme
    from portal.models import Person

KIND = "library"


class StaleEntry(WorkflowError):  # noqa: N818 - the house's word for "somebody else was faster"
    """The page was older than the entry; ``entry`` is how it stands now."""

    def __init__(self, entry: LibraryEntry) -> None:
        super().__init__("stale")
        self.entry = entry


class EntriesInUse(WorkflowError):  # noqa: N818 - the sentence people read
    """Somebody refers to some entries: nothing was removed. ``entries`` are those."""

    def __init__(self, entries: list[LibraryEntry]) -> None:
        super().__init__(f"{len(entries)} entries in use")
        self.entries = entries


def add_entry(actor: Person, scheme: Scheme, data: EntryData) -> LibraryEntry:
    """Take one competition in; raises ``NotAllowed``, then ``ValidationError`` by field."""
    return add_entries(actor, scheme, [data])[0]


def add_entries(actor: Person, scheme: Scheme, wanted: Sequence[EntryData]) -> list[LibraryEntry]:
    """Take competitions in, all or none, each with its event; raises as ``add_entry``, for the first bad one."""
    role = _allowed(actor, scheme)
    with transaction.atomic():
        shelf = Shelf(scheme)
        rows = []
        for data in wanted:
            _refuse(shelf.problems(data))
            code = data.code or shelf.next_code()
            shelf.put(replace(data, code=code), code)
            rows.append(
                LibraryEntry(scheme=scheme, category=data.category, code=code, level=data.level, ruling=data.ruling)
            )
            _write(rows[-1], data)
        try:
            with transaction.atomic():
                LibraryEntry.objects.bulk_create(rows)
        except IntegrityError:  # two people at once: the constraint lets one through
            raise ValidationError({"code": _("编号刚刚被占用，请再保存一次。")}) from None
        write_events(Event, [_draft("add", row, actor, role, {}) for row in rows])
    return rows


def change_entry(
    actor: Person, entry: LibraryEntry, data: EntryData, *, revision: int | None, shelf: Shelf | None = None
) -> LibraryEntry:
    """Change an entry. Nothing new to keep means no event.

    Its category, its code and its level stay: claims hang on them, and levels are ruled (``rule_level``). Raises
    ``NotAllowed``, then ``StaleEntry``, then ``ValidationError`` by field.
    """
    with _opened(actor, entry, revision) as (row, role):
        before = entry_record(row)
        data = replace(data, category=row.category, code=row.code, level=row.level)
        _refuse((shelf or Shelf(row.scheme)).problems(data, but=row))
        _write(row, data)
        if entry_record(row) != before:
            _keep("change", row, actor, role, before)
    return row


def rule_level(
    actor: Person,
    entry: LibraryEntry,
    *,
    level: str,
    ruling: str,
    suggestions: tuple[tuple[str, Decimal], ...],
    revision: int | None,
    shelf: Shelf | None = None,
) -> LibraryEntry:
    """Give an entry the level that the committee ruled, with its ruling and the scores that are suggested for it.

    Claims under review keep the level they were filed with. Raises as ``change_entry``.
    """
    with _opened(actor, entry, revision) as (row, role):
        problems = (shelf or Shelf(row.scheme)).ruling_problems(row.category, level, suggestions)
        if not ruling.strip():
            problems["ruling"] = [_("请填写专家委员会的认定依据。")]
        _refuse(problems)
        before = entry_record(row)
        row.level, row.ruling, row.suggestions = level, ruling.strip(), _pairs(suggestions)
        if entry_record(row) != before:
            _keep("rule", row, actor, role, before, reason=row.ruling)
    return row


def withdraw_entry(actor: Person, entry: LibraryEntry, *, reason: str, revision: int | None) -> LibraryEntry:
    """Let nobody choose the entry any more; claims under review go on. Raises as ``change_entry``."""
    with _opened(actor, entry, revision) as (row, role):
        if not reason.strip():
            raise ValidationError({"reason": _("请填写停用的原因。")})
        if row.state != LibraryState.ACTIVE:
            raise StaleEntry(row)
        before, row.state = entry_record(row), LibraryState.WITHDRAWN
        _keep("withdraw", row, actor, role, before, reason=reason.strip())
    return row


def restore_entry(actor: Person, entry: LibraryEntry, *, revision: int | None) -> LibraryEntry:
    """Let a withdrawn entry be chosen again; nobody could add its name meanwhile. Raises as ``change_entry``."""
    with _opened(actor, entry, revision) as (row, role):
        if row.state != LibraryState.WITHDRAWN:
            raise StaleEntry(row)
        before, row.state = entry_record(row), LibraryState.ACTIVE
        _keep("restore", row, actor, role, before)
    return row


def merge_entries(
    actor: Person, entry: LibraryEntry, into: LibraryEntry, *, reason: str, revision: int | None
) -> LibraryEntry:
    """Declare an entry to be the same competition as another, which stays.

    Its claims keep pointing at it, but are of one project with the claims on the other; what was merged into it before
    now leads to the one that stays. Raises ``NotAllowed``, then ``StaleEntry``, then ``ValidationError`` by field.
    """
    with _opened(actor, entry, revision, also=into) as (row, role):
        target = LibraryEntry.objects.get(pk=into.pk)
        _refuse(_merge_problems(row, target, reason))
        before = entry_record(row)
        row.state, row.merged_into = LibraryState.MERGED, target
        row.merged.update(merged_into=target)
        unite_projects(row, target, actor, role=role, reason=reason.strip())
        _keep("merge", row, actor, role, before, reason=reason.strip())
    return row


def remove_entries(actor: Person, entries: QuerySet[LibraryEntry]) -> int:
    """Remove entries that came in by mistake, all or none, each with its event; how many.

    Raises ``NotAllowed``, then ``EntriesInUse`` while a claim, a request or a merged entry names one of them.
    """
    with transaction.atomic():
        rows = list(entries.select_for_update(of=("self",)).select_related("scheme", "merged_into").order_by("pk"))
        roles = {row.scheme_id: _allowed(actor, row.scheme) for row in rows}
        named = entries.filter(Q(claims__isnull=False) | Q(requests__isnull=False) | Q(merged__isnull=False))
        taken = set(named.values_list("pk", flat=True))
        if used := [row for row in rows if row.pk in taken]:
            raise EntriesInUse(used)
        write_events(Event, [_removed(row, actor, roles[row.scheme_id]) for row in rows])
        entries.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def put_entry_back(actor: Person, entry: LibraryEntry, facts: dict[str, Any]) -> LibraryEntry:
    """Give an entry facts that it had before, as ``entry_record`` froze them; raises ``NotAllowed``, ``StaleEntry``."""
    with _opened(actor, entry, None) as (row, role):
        before = entry_record(row)
        for name, value in facts.items():
            setattr(row, name, value)
        row.initials = initials(row.name)
        _keep("rule" if "level" in facts else "change", row, actor, role, before)
    return row


# --- Claims ---


def take_entry(claim: Claim, entry: LibraryEntry | None) -> None:
    """Bind an unsaved claim to an entry: its name and level become facts, whatever was stated; None unbinds it.

    Raises ``ValidationError`` by field for an entry that may not be chosen anew; the one that the claim names already
    stays until it is handed in, when ``library_problems`` tells.
    """
    rules = claim.scheme_version.data.category(claim.category.code)
    names = entry_names(rules)
    if entry is not None and entry.pk != claim.library_entry_id:
        if entry.scheme_id != claim.scheme_id or entry.category_id != claim.category_id:
            raise ValidationError({names[0]: _("请从创新成果库中选择。")})
        if reason := why_not_choosable(entry):
            raise ValidationError({names[0]: reason})
    claim.library_entry = entry
    claim.facts = {name: value for name, value in claim.facts.items() if name not in names}
    if entry is not None:
        claim.facts |= entry_facts(rules, entry)


def renew_entry(claim: Claim) -> None:
    """Give a claim that is being handed in its entry's name and level of today: they may have been ruled anew."""
    if claim.library_entry is not None:
        rules = claim.scheme_version.data.category(claim.category.code)
        claim.facts = {**claim.facts, **entry_facts(rules, claim.library_entry)}


# --- What verbs share ---


def entry_record(entry: LibraryEntry) -> dict[str, Any]:
    """Freeze an entry for its events."""
    return {
        "name": entry.name,
        "organiser": entry.organiser,
        "level": entry.level,
        "suggestions": [list(pair) for pair in entry.suggestions],
        "valid_from": entry.valid_from,
        "valid_to": entry.valid_to,
        "ruling": entry.ruling,
        "note": entry.note,
        "state": str(entry.state),
        "merged_into": entry.merged_into.code if entry.merged_into else "",
    }


def history_of(entry: LibraryEntry) -> QuerySet[Event]:
    """Return what was done to the entry, newest first."""
    return Event.objects.filter(subject_kind=KIND, subject_key=entry_key(entry)).order_by("-pk")


def entry_key(entry: LibraryEntry) -> str:
    """Return what an entry is called on the trail."""
    return f"{entry.scheme.code}:{entry.code}"[:64]


def _allowed(actor: Person, scheme: Scheme) -> str:
    verdict = can_keep_library(actor, scheme)
    if not verdict:
        raise NotAllowed(verdict)
    return verdict.role


@contextmanager
def _opened(
    actor: Person, entry: LibraryEntry, revision: int | None, *, also: LibraryEntry | None = None
) -> Iterator[tuple[LibraryEntry, str]]:
    """Yield the locked row and the role in which the actor changes it, in one transaction; ``also`` is locked, too."""
    role = _allowed(actor, entry.scheme)
    related = ("scheme", "category", "merged_into")
    with transaction.atomic():
        wanted = [entry.pk, also.pk] if also else [entry.pk]
        # In the order of their keys: two mergers in opposite directions never wait for each other.
        rows = LibraryEntry.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk")
        row = next(row for row in rows.select_related(*related) if row.pk == entry.pk)
        if row.state == LibraryState.MERGED or (revision is not None and row.revision != revision):
            raise StaleEntry(row)
        yield row, role


def _refuse(problems: dict[str, list[str]]) -> None:
    if problems:
        raise ValidationError(problems)


def _write(row: LibraryEntry, data: EntryData) -> None:
    row.name, row.organiser, row.note = data.name.strip(), data.organiser.strip(), data.note.strip()
    row.initials = initials(row.name)
    row.suggestions = _pairs(data.suggestions)
    row.valid_from, row.valid_to = data.valid_from, data.valid_to


def _pairs(suggestions: Iterable[tuple[str, Decimal]]) -> list[list[str]]:
    return [[award, format_points(score)] for award, score in suggestions]


def _keep(verb: str, row: LibraryEntry, actor: Person, role: str, before: dict[str, Any], *, reason: str = "") -> None:
    row.revision += 1
    row.save()
    changes = (before, entry_record(row))
    record(
        verb,
        actor,
        kind=KIND,
        key=entry_key(row),
        label=row.name,
        role=role,
        scheme=row.scheme.code,
        reason=reason,
        changes=changes,
    )


def _draft(verb: str, row: LibraryEntry, actor: Person, role: str, before: dict[str, Any]) -> Any:
    subject = {
        "subject_kind": KIND,
        "subject_key": entry_key(row),
        "subject_label": row.name,
        "scheme_code": row.scheme.code,
    }
    return draft_event(Event, verb, actor, role=role, changes=(before, entry_record(row)), **subject)


def _removed(row: LibraryEntry, actor: Person, role: str) -> Any:
    subject = {"subject_kind": KIND, "subject_key": entry_key(row), "subject_label": row.name}
    changes: tuple[dict[str, Any], dict[str, Any]] = (entry_record(row), {})
    return draft_event(Event, "remove", actor, role=role, changes=changes, scheme_code=row.scheme.code, **subject)


def _merge_problems(row: LibraryEntry, target: LibraryEntry, reason: str) -> dict[str, list[str]]:
    problems: dict[str, list[str]] = {}
    if row.pk == target.pk:
        problems["into"] = [_("不能并入自身。")]
    elif (row.scheme_id, row.category_id) != (target.scheme_id, target.category_id):
        problems["into"] = [_("只能并入同一类别的条目。")]
    elif target.state != LibraryState.ACTIVE:
        problems["into"] = [_("只能并入在库的条目。")]
    if not reason.strip():
        problems["reason"] = [_("请填写合并的理由。")]
    return problems
