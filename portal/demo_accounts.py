"""The accounts that the demo's sign-in page offers: one or two per role."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from portal.enums import Role
from portal.models import Appointment, Student

STUDENTS_SHOWN = 4
PER_ROLE = 2


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One button of the sign-in page."""

    number: str
    name: str
    role: str
    scope: str

    @property
    def role_label(self) -> str:
        """The role's word."""
        return str(Role(self.role).label)


def demo_accounts() -> list[DemoAccount]:
    """Return students first, then staff by role (two queries)."""
    students = Student.objects.filter(person__is_active=True).select_related("person", "college").order_by("pk")
    rows = [
        DemoAccount(one.person.number, one.person.name, Role.STUDENT.value, f"{one.college} · {one.cohort}")
        for one in students[:STUDENTS_SHOWN]
    ]
    return rows + _staff()


def _staff() -> list[DemoAccount]:
    held: dict[str, list[DemoAccount]] = {}
    appointments = Appointment.objects.in_force(timezone.localdate()).select_related("person", "college")
    for one in appointments.order_by("pk"):
        row = DemoAccount(one.person.number, one.person.name, one.role, str(one.college or ""))
        shown = held.setdefault(one.role, [])
        if len(shown) < PER_ROLE and row not in shown:
            shown.append(row)
    return [row for role in Role.values for row in held.get(role, [])]
