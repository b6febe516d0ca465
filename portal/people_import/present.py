"""What the database holds today, as the sheets would write it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from portal.models import Appointment, ClassGroup, College, Major, Person, Student
from portal.scopes import Scopes, known_scopes

Values = dict[str, Any]


@dataclass
class Present:
    """Sheet → what identifies a row → its values as they are (``rows``) and its primary key (``pks``)."""

    rows: dict[str, dict[Any, Values]] = field(default_factory=dict)
    pks: dict[str, dict[Any, int]] = field(default_factory=dict)
    people: dict[str, tuple[int, str]] = field(default_factory=dict)
    superusers: frozenset[str] = frozenset()
    scopes: Scopes = field(default_factory=dict)

    def add(self, sheet: str, identity: Any, pk: int, values: Values) -> None:
        """Remember one row."""
        self.rows.setdefault(sheet, {})[identity] = values
        self.pks.setdefault(sheet, {})[identity] = pk


def present() -> Present:
    """Read everything that a workbook is compared with (a handful of queries, whatever the size)."""
    found = Present(
        rows={sheet: {} for sheet in ("colleges", "majors", "classes", "students", "staff", "appointments")},
        people={number: (pk, name) for pk, number, name in Person.objects.values_list("pk", "number", "name")},
        superusers=frozenset(Person.objects.filter(is_superuser=True).values_list("number", flat=True)),
        scopes=known_scopes(),
    )
    for pk, code, name, active in College.objects.values_list("pk", "code", "name", "is_active"):
        found.add("colleges", code, pk, {"code": code, "name": name, "active": active})
    for pk, code, name, college in Major.objects.values_list("pk", "code", "name", "college__code"):
        found.add("majors", code, pk, {"code": code, "name": name, "college": college})
    for pk, name, major, cohort in ClassGroup.objects.values_list("pk", "name", "major__code", "cohort"):
        found.add("classes", name, pk, {"name": name, "major": major, "cohort": cohort})
    _add_students(found)
    _add_staff(found)
    return found


def _add_students(found: Present) -> None:
    rows = Student.objects.select_related("person", "college", "class_group").iterator(chunk_size=2000)
    for row in rows:
        values = {
            **_person(row.person),
            "college": row.college.code,
            "class_group": row.class_group.name,
            "cohort": row.cohort,
            "kind": row.kind,
            "entered_on": row.entered_on,
            "leaves_on": row.leaves_on,
            "active": row.on_roll and row.person.is_active,
        }
        found.add("students", row.person.number, row.pk, values)


def _add_staff(found: Present) -> None:
    """Read whoever is no student, or holds a role; and every appointment that nobody delegated."""
    rows = Appointment.objects.filter(delegated_by__isnull=True).select_related("person", "college", "class_group")
    for row in rows.order_by("starts_on", "pk"):
        values = {
            "number": row.person.number,
            "role": row.role,
            "college": row.college.code if row.college else None,
            "scheme": row.scheme_code or None,
            "category": row.category_code or None,
            "class_group": row.class_group.name if row.class_group else None,
            "cohort": row.cohort,
            "starts_on": row.starts_on,
            "ends_on": row.ends_on,
        }
        found.add("appointments", identity_of("appointments", values), row.pk, values)
    for person in Person.objects.filter(student__isnull=True) | Person.objects.filter(appointments__isnull=False):
        found.add("staff", person.number, person.pk, {**_person(person), "active": person.is_active})


def identity_of(sheet: str, values: Values) -> Any:
    """Return what tells a row from all others of its sheet."""
    if sheet == "appointments":
        keys = ("number", "role", "college", "scheme", "category", "class_group", "cohort")
        return tuple(values[key] for key in keys)
    return values["name" if sheet == "classes" else "number" if sheet in {"students", "staff"} else "code"]


def _person(person: Person) -> Values:
    return {"number": person.number, "name": person.name, "email": person.email, "phone": person.phone}
