"""The accounts that the demo's sign-in page offers: one or two per role."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils import timezone

from portal.enums import Role
from portal.models import Appointment, Student

STUDENTS_SHOWN = 4
PER_ROLE = 2
# Whose people they are: college (or None) and scheme code (or empty) to the name of a university, "" for nobody's.
Institutions = Callable[[], "Mapping[tuple[int | None, str], str]"]
_providers: list[Institutions] = []


def provide_institutions(provider: Institutions) -> None:
    """Register who knows which university a college or a scheme belongs to."""
    _providers.append(provider)


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One button of the sign-in page."""

    number: str
    name: str
    role: str
    scope: str
    institution: str = ""

    @property
    def role_label(self) -> str:
        """The role's word."""
        return str(Role(self.role).label)


def demo_accounts() -> list[DemoAccount]:
    """Return the accounts by university: students first, then staff by role (a query each, and the provider's)."""
    institutions = _providers[-1]() if _providers else {}
    rows = [*_students(institutions), *_staff(institutions)]
    order = {
        name: place for place, name in enumerate(dict.fromkeys(row.institution for row in rows if row.institution))
    }
    return sorted(rows, key=lambda row: order.get(row.institution, len(order)))


def _students(institutions: Mapping[tuple[int | None, str], str]) -> list[DemoAccount]:
    """Return the first students of each university."""
    students = Student.objects.filter(person__is_active=True).select_related("person", "college").order_by("pk")
    shown: dict[str, list[DemoAccount]] = defaultdict(list)
    for name in dict.fromkeys(institutions.values()) or [""]:
        colleges = [college for (college, _code), found in institutions.items() if found == name and college]
        mine = students.filter(college__in=colleges) if institutions else students
        shown[name] = [
            DemoAccount(one.person.number, one.person.name, Role.STUDENT.value, f"{one.college} · {one.cohort}", name)
            for one in mine[:STUDENTS_SHOWN]
        ]
    return [row for rows in shown.values() for row in rows]


def _staff(institutions: Mapping[tuple[int | None, str], str]) -> list[DemoAccount]:
    held: dict[tuple[str, str], list[DemoAccount]] = defaultdict(list)
    appointments = Appointment.objects.in_force(timezone.localdate()).select_related("person", "college")
    for one in appointments.order_by("pk"):
        name = institutions.get((None, one.scheme_code)) or institutions.get((one.college_id, "")) or ""
        row = DemoAccount(one.person.number, one.person.name, one.role, str(one.college or ""), name)
        shown = held[name, one.role]
        if len(shown) < PER_ROLE and row not in shown:
            shown.append(row)
    return [
        row for role in Role.values for (_name, held_role), rows in held.items() if held_role == role for row in rows
    ]
