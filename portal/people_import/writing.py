"""Writes a plan: sheet after sheet, each in a handful of statements, because a roll has tens of thousands of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.hashers import make_password

from portal.models import Appointment, ClassGroup, College, Major, Person, Student
from portal.people_import.plan import NEW
from portal.people_import.showing import name_of
from portal.pinyin import person_initials
from portal.sheet_imports import Written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from django.db import models

    from portal.people_import.plan import Change, PeoplePlan
    from portal.people_import.present import Values

    Facts = Callable[[Values], dict[str, Any]]
    Named = list[tuple[Any, str]]

CREATED_AT_ONCE, UPDATED_AT_ONCE = 1000, 200
ACCOUNT = ("name", "initials", "email", "phone", "is_active")


def write_people(plan: PeoplePlan) -> list[Written]:
    """Write every change, in the caller's transaction, and return the rows; nothing is ever deleted."""
    written = _save(College, _of(plan, "colleges"), _college)
    colleges = dict(College.objects.values_list("code", "pk"))
    written += _save(
        Major, _of(plan, "majors"), lambda v: {**_pick(v, "code", "name"), "college_id": colleges[v["college"]]}
    )
    majors = dict(Major.objects.values_list("code", "pk"))
    written += _save(
        ClassGroup, _of(plan, "classes"), lambda v: {**_pick(v, "name", "cohort"), "major_id": majors[v["major"]]}
    )
    people, accounts = _write_people([*_of(plan, "students"), *_of(plan, "staff")])
    written += accounts
    rows = ClassGroup.objects.values("name", "pk", "major_id", "major__college_id")
    groups: dict[str, dict[str, Any]] = {row["name"]: dict(row) for row in rows}
    written += _save(Student, _of(plan, "students"), lambda v: _roll_entry(v, people, groups))
    appointments = _of(plan, "appointments")
    people |= _known([change.values["number"] for change in appointments])
    return written + _save(Appointment, appointments, lambda v: _appointment(v, people, colleges, groups))


def _of(plan: PeoplePlan, sheet: str) -> list[Change]:
    return [change for change in plan.changes if change.sheet == sheet]


def _save(model: type[models.Model], changes: Iterable[Change], facts: Facts) -> list[Written]:
    """Create the new rows and update the others; return both."""
    new: Named = []
    known: Named = []
    names: list[str] = []
    for change in changes:
        values = facts(change.values)
        names = list(values)
        (new if change.action == NEW else known).append((model(pk=change.pk, **values), name_of(change)))
    return _stored(model, new, known, names)


def _stored(model: type[models.Model], new: Named, known: Named, names: Sequence[str]) -> list[Written]:
    """Create and update rows; return the new ones with these columns, and of the others what differs."""
    table = str(model._meta.model_name)
    before = _values(model, [row.pk for row, _name in known], names)
    model._base_manager.bulk_create([row for row, _name in new], batch_size=CREATED_AT_ONCE)
    if known:
        model._base_manager.bulk_update([row for row, _name in known], names, batch_size=UPDATED_AT_ONCE)
    made = [Written(table, row.pk, name, after={key: getattr(row, key) for key in names}) for row, name in new]
    pairs = ((row, name, {key: getattr(row, key) for key in names}) for row, name in known)
    changed = (Written.changed(table, row.pk, name, before[row.pk], after) for row, name, after in pairs)
    return made + [row for row in changed if row is not None]


def _values(model: type[models.Model], keys: Sequence[int], names: Sequence[str]) -> dict[int, Values]:
    """Return how known rows stand: key → column → value."""
    found: dict[int, Values] = {}
    for start in range(0, len(keys), CREATED_AT_ONCE):
        rows = model._base_manager.filter(pk__in=keys[start : start + CREATED_AT_ONCE])
        found.update({row.pop("pk"): row for row in rows.values("pk", *names)})
    return found


def _write_people(changes: list[Change]) -> tuple[dict[str, int], list[Written]]:
    """Create and update the accounts behind students and staff; return their ids by number, and the rows."""
    known = _known([change.values["number"] for change in changes])
    new: Named = []
    old: Named = []
    for change in changes:
        number = change.values["number"]
        facts = {**_pick(change.values, "name", "email", "phone"), "is_active": change.values["active"]}
        if number in known:
            account = Person(pk=known[number], initials=person_initials(facts["name"]), **facts)
            old.append((account, name_of(change)))
            continue
        password = change.values.get("password")
        facts |= {"password": make_password(password), "must_change_password": password is not None}
        new.append((Person(number=number, **facts), name_of(change)))
    written = _stored(Person, new, old, ACCOUNT)
    return known | {person.number: person.pk for person, _name in new}, written


def _known(numbers: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(numbers), CREATED_AT_ONCE):
        part = numbers[start : start + CREATED_AT_ONCE]
        found.update(Person.objects.filter(number__in=part).values_list("number", "pk"))
    return found


def _college(values: Values) -> dict[str, Any]:
    return {**_pick(values, "code", "name"), "is_active": values["active"]}


def _roll_entry(values: Values, people: dict[str, int], groups: dict[str, dict[str, Any]]) -> dict[str, Any]:
    group = groups[values["class_group"]]
    return {
        **_pick(values, "cohort", "kind", "entered_on", "leaves_on"),
        "person_id": people[values["number"]],
        "college_id": group["major__college_id"],
        "major_id": group["major_id"],
        "class_group_id": group["pk"],
        "on_roll": values["active"],
    }


def _appointment(
    values: Values, people: dict[str, int], colleges: dict[str, int], groups: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    group = groups.get(values["class_group"] or "")
    return {
        **_pick(values, "role", "cohort", "starts_on", "ends_on"),
        "person_id": people[values["number"]],
        "college_id": colleges.get(values["college"] or ""),
        "scheme_code": values["scheme"] or "",
        "category_code": values["category"] or "",
        "class_group_id": group["pk"] if group else None,
    }


def _pick(values: Values, *names: str) -> dict[str, Any]:
    return {name: values[name] for name in names}
