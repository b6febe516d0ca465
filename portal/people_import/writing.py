"""Writes a plan: sheet after sheet, each in a handful of statements, because a roll has tens of thousands of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.hashers import make_password

from portal.models import Appointment, ClassGroup, College, Major, Person, Student
from portal.people_import.plan import NEW
from portal.pinyin import person_initials

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.db import models

    from portal.people_import.plan import Change, PeoplePlan
    from portal.people_import.present import Values

    Facts = Callable[[Values], dict[str, Any]]

CREATED_AT_ONCE, UPDATED_AT_ONCE = 1000, 200


def write_people(plan: PeoplePlan) -> None:
    """Write every change, in the caller's transaction; nothing is ever deleted."""
    _save(College, _of(plan, "colleges"), _college)
    colleges = dict(College.objects.values_list("code", "pk"))
    _save(Major, _of(plan, "majors"), lambda v: {**_pick(v, "code", "name"), "college_id": colleges[v["college"]]})
    majors = dict(Major.objects.values_list("code", "pk"))
    _save(ClassGroup, _of(plan, "classes"), lambda v: {**_pick(v, "name", "cohort"), "major_id": majors[v["major"]]})
    people = _write_people([*_of(plan, "students"), *_of(plan, "staff")])
    rows = ClassGroup.objects.values("name", "pk", "major_id", "major__college_id")
    groups: dict[str, dict[str, Any]] = {row["name"]: dict(row) for row in rows}
    _save(Student, _of(plan, "students"), lambda v: _roll_entry(v, people, groups))
    appointments = _of(plan, "appointments")
    people |= _known([change.values["number"] for change in appointments])
    _save(Appointment, appointments, lambda v: _appointment(v, people, colleges, groups))


def _of(plan: PeoplePlan, sheet: str) -> list[Change]:
    return [change for change in plan.changes if change.sheet == sheet]


def _save(model: type[models.Model], changes: Iterable[Change], facts: Facts) -> None:
    """Create the new rows and update the others."""
    new: list[models.Model] = []
    known: list[models.Model] = []
    names: list[str] = []
    for change in changes:
        values = facts(change.values)
        names = list(values)
        (new if change.action == NEW else known).append(model(pk=change.pk, **values))
    model._base_manager.bulk_create(new, batch_size=CREATED_AT_ONCE)
    if known:
        model._base_manager.bulk_update(known, names, batch_size=UPDATED_AT_ONCE)


def _write_people(changes: list[Change]) -> dict[str, int]:
    """Create and update the accounts behind students and staff; return their ids by number."""
    known = _known([change.values["number"] for change in changes])
    new, old = [], []
    for change in changes:
        number = change.values["number"]
        facts = {**_pick(change.values, "name", "email", "phone"), "is_active": change.values["active"]}
        if number in known:
            old.append(Person(pk=known[number], initials=person_initials(facts["name"]), **facts))
            continue
        password = change.values.get("password")
        facts |= {"password": make_password(password), "must_change_password": password is not None}
        new.append(Person(number=number, **facts))
    created = Person.objects.bulk_create(new, batch_size=CREATED_AT_ONCE)
    written = ["name", "initials", "email", "phone", "is_active"]
    Person.objects.bulk_update(old, written, batch_size=UPDATED_AT_ONCE)
    return known | {person.number: person.pk for person in created}


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
