"""Takes back what a workbook did, row by row: what it made and nobody uses goes, what it changed returns.

A row that somebody changed since, or that something refers to, stays as it is and is named with the reason.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.models import Event, SheetImportRow
from portal.sheet_imports import Values, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from django.utils.functional import Promise

    from portal.models import Person, SheetImport

AT_ONCE = 500
# Who refers to a row: model and column; and which rows do so only until they themselves are put back.
Column = tuple[type[models.Model], str]


@dataclass(frozen=True, slots=True)
class Line:
    """One row of an import: what becomes of it, or why it stays as it is."""

    row: SheetImportRow
    table: Table
    now: Values = field(default_factory=dict)
    why: str = ""

    @property
    def differences(self) -> list[tuple[str, str, str]]:
        """Return per column the present value and the one that returns."""
        before = self.row.before or {}
        return [
            (str(label), self.table.said(name, self.now.get(name)), self.table.said(name, before[name]))
            for name, label in self.table.labels.items()
            if name in before
        ]


class Table:
    """One table that workbooks write; this one holds plain columns, others say where they differ."""

    def __init__(
        self, name: str, title: str | Promise, model: type[models.Model], labels: Mapping[str, str | Promise]
    ) -> None:
        self.name, self.title, self.model, self.labels = name, title, model, labels
        self.known: dict[Any, dict[Any, str]] = {}

    def now(self, rows: Sequence[SheetImportRow], *, lock: bool) -> dict[int, Values]:
        """Return how the rows stand: key → column → value; those that are gone are missing."""
        names = list(dict.fromkeys(name for row in rows for name in row.after))
        found = self.locked(lock=lock)
        return {
            values.pop("pk"): {name: plain(value) for name, value in values.items()}
            for keys in in_parts([row.key for row in rows])
            for values in found.filter(pk__in=keys).values("pk", *names)
        }

    def locked(self, *, lock: bool) -> Any:
        """Return all rows, for update where something is about to happen to them."""
        found = self.model._base_manager.order_by("pk")
        return found.select_for_update() if lock else found

    def subjects(self, keys: Sequence[int]) -> dict[int, str]:
        """Return under which key the trail knows each of the rows; its kind is ``name``."""
        return {key: str(key) for key in keys}

    def refused(self, rows: Sequence[SheetImportRow], actor: Person) -> dict[int, str]:  # noqa: ARG002 - for others
        """Return the rows that the person may not take back, or that cannot stand as they were, with the reason."""
        return {}

    def put_back(self, lines: Sequence[Line], actor: Person) -> None:  # noqa: ARG002 - for tables with events
        """Give the rows their values of before the import."""
        shapes: dict[tuple[str, ...], list[models.Model]] = defaultdict(list)
        for line in lines:
            before = line.row.before or {}
            columns: dict[str, Any] = {name: self.model._meta.get_field(name) for name in before}
            values = {name: columns[name].to_python(value) for name, value in before.items()}
            shapes[tuple(before)].append(self.model(pk=line.row.key, **values))
        for names, found in shapes.items():
            self.model._base_manager.bulk_update(found, names, batch_size=AT_ONCE)

    def remove(self, lines: Sequence[Line], actor: Person) -> None:  # noqa: ARG002 - for tables with events
        """Delete rows that the import made."""
        for keys in in_parts([line.row.key for line in lines]):
            self.model._base_manager.filter(pk__in=keys).delete()

    def said(self, name: str, value: Any) -> str:
        """Return a value as people read it."""
        if isinstance(value, bool):
            return _("是") if value else _("否")
        if value in (None, "", []):
            return "—"
        return (
            self._referred(self.model._meta.get_field(name).related_model, value)
            if name.endswith("_id")
            else str(value)
        )

    def _referred(self, model: Any, key: Any) -> str:
        """Return what a row of another table is called; each table is read once."""
        if model not in self.known:
            self.known[model] = {row.pk: str(row) for row in model._base_manager.all()}
        return self.known[model].get(key, str(key))


class TakingBack:
    """What taking an import back would do at this moment; ``tables`` begin with those that refer to others."""

    def __init__(self, imported: SheetImport, tables: Sequence[Table], actor: Person, *, lock: bool = False) -> None:
        self.imported, self.tables, self.actor, self.lock = imported, tables, actor, lock
        self.going: dict[type[models.Model], set[int]] = {}
        self.letting_go: dict[Column, set[int]] = defaultdict(set)
        self.lines = [line for table in tables for line in self._judged(table)]
        self.removed = [line for line in self.lines if not line.why and line.row.is_new]
        self.restored = [line for line in self.lines if not line.why and not line.row.is_new]
        self.left = [line for line in self.lines if line.why]

    @property
    def taken(self) -> int:
        """Return how many rows would be taken back."""
        return len(self.removed) + len(self.restored)

    @property
    def numbers(self) -> tuple[int, int, int]:
        """Return how many rows go, return, stay: what a person confirms."""
        return len(self.removed), len(self.restored), len(self.left)

    def carry_out(self) -> None:
        """Do it, in the caller's transaction: first what returns, for it lets go of what goes."""
        for table in self.tables:
            if lines := [line for line in self.restored if line.table is table]:
                table.put_back(lines, self.actor)
        for table in self.tables:
            if lines := [line for line in self.removed if line.table is table]:
                table.remove(lines, self.actor)
        for keys in in_parts([line.row.pk for line in (*self.removed, *self.restored)]):
            SheetImportRow.objects.filter(pk__in=keys).update(taken_back=True)

    def _judged(self, table: Table) -> list[Line]:
        waiting = self.imported.rows.filter(table=table.name, taken_back=False).order_by("pk")
        rows = list(waiting)
        if not rows:
            return []
        now, refused = table.now(rows, lock=self.lock), table.refused(rows, self.actor)
        slipped = [row.key for row in rows if row.key in now and not is_as_left(row, now[row.key])]
        changed = self._changed(table, slipped)
        made = [row.key for row in rows if row.is_new and not (row.key in refused or row.key in changed)]
        used = self._used(table, waiting.filter(before__isnull=True).values("key")) if made else {}
        lines = []
        for row in rows:
            gone = "" if row.key in now else _("已经不存在")
            why = gone or changed.get(row.key) or refused.get(row.key) or (used.get(row.key, "") if row.is_new else "")
            lines.append(Line(row, table, now.get(row.key, {}), why))
            if not why:
                self._note(table.model, row)
        return lines

    def _note(self, model: type[models.Model], row: SheetImportRow) -> None:
        """Remember what a row that goes or returns will refer to no more."""
        if row.is_new:
            self.going.setdefault(model, set()).add(row.key)
        for name, value in (row.before or {}).items():
            if value != row.after[name]:
                self.letting_go[model, name].add(row.key)

    def _used(self, table: Table, keys: Any) -> dict[int, str]:
        """Return the rows that something refers to which stays, with what that is."""
        found: dict[int, Counter[str]] = defaultdict(Counter)
        for relation in table.model._meta.get_fields(include_hidden=True):
            if isinstance(relation, models.ManyToOneRel) and relation.on_delete is not models.CASCADE:
                other, name = relation.related_model, relation.field.attname
                word = str(other._meta.verbose_name)
                for key, number in self._references(other, name, keys):
                    found[key][word] += number
        return {
            key: _("被引用：%(what)s") % {"what": _("、").join(f"{word} {number}" for word, number in counted.items())}
            for key, counted in found.items()
        }

    def _references(self, other: Any, name: str, keys: Any) -> Iterable[tuple[int, int]]:
        """Yield key and number of the other table's rows; those that go or let go do not count."""
        rows = other._base_manager.filter(**{f"{name}__in": keys}).order_by()
        ending = self.going.get(other, set()) | self.letting_go.get((other, name), set())
        if not ending:
            yield from rows.values_list(name).annotate(number=models.Count("pk"))
            return
        yield from Counter(key for key, pk in rows.values_list(name, "pk") if pk not in ending).items()

    def _changed(self, table: Table, keys: Sequence[int]) -> dict[int, str]:
        """Return by whom and when each of these rows was changed after the import, as far as anybody knows."""
        last: dict[int, tuple[Any, str]] = {}
        later = SheetImportRow.objects.filter(table=table.name, imported__pk__gt=self.imported.pk, taken_back=False)
        subjects = {subject: key for key, subject in table.subjects(keys).items()} if keys else {}
        for part in in_parts(keys):
            for row in later.filter(key__in=part).select_related("imported__imported_by").order_by("pk"):
                last[row.key] = row.imported.imported_at, _("%(name)s 导入") % {"name": row.imported.imported_by.name}
        events = Event.objects.filter(subject_kind=table.name, at__gt=self.imported.imported_at).order_by("pk")
        for part in in_parts(list(subjects)):
            for key, at, name in events.filter(subject_key__in=part).values_list("subject_key", "at", "actor_name"):
                known = last.get(subjects[key])
                if known is None or at > known[0]:
                    last[subjects[key]] = at, name
        return {key: _told(last.get(key)) for key in keys}


def in_parts(keys: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Cut a list so that no statement has more parameters than a database takes."""
    return (keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE))


def is_as_left(row: SheetImportRow, now: Values) -> bool:
    """Whether every column that the import wrote still holds what it wrote."""
    return all(now.get(name) == value for name, value in row.after.items())


def _told(last: tuple[Any, str] | None) -> str:
    if last is None:
        return _("导入之后已被修改")
    at, who = last
    return _("导入之后已被修改：%(who)s，%(at)s") % {"who": who, "at": f"{timezone.localtime(at):%Y-%m-%d %H:%M}"}
