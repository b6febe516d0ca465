"""Reads what a person may act as today."""

from __future__ import annotations

from django.utils import timezone

from portal.models import Appointment, Person, Student
from portal.standing_types import Power, Standing
from portal.statements import KeptStatement

POWER = (
    "pk",
    "role",
    "college_id",
    "scheme_code",
    "category_code",
    "class_group_id",
    "cohort",
    "delegated_by_id",
    "delegated_by__name",
)
HELD = KeptStatement(
    lambda person, day: Appointment.objects.in_force(day).filter(person=person).order_by("pk").values_list(*POWER),
    987_654_321,
    "1987-06-05",
)
ROLL = KeptStatement(
    lambda person: Student.objects.filter(person=person).order_by().values_list("pk"),
    987_654_321,
)


def standing_of(person: Person) -> Standing:
    """Return the roll entry and the appointments in force today (two queries; cached on the person)."""
    powers = tuple(Power(*row) for row in HELD.rows(person.pk, timezone.localdate()))
    roll = ROLL.rows(person.pk)
    return Standing(student_id=roll[0][0] if roll else None, powers=powers)
