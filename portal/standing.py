"""Reads what a person may act as today."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from portal.models import Appointment, Person, Student
from portal.standing_types import Power, Standing


def standing_of(person: Person) -> Standing:
    """Return the roll entry and the appointments in force today (two queries; cached on the person)."""
    today = timezone.localdate()
    rows = Appointment.objects.in_force(today).filter(person=person).order_by("pk")
    powers = tuple(
        Power(
            appointment_id=row.pk,
            role=row.role,
            college_id=row.college_id,
            scheme_code=row.scheme_code,
            category_code=row.category_code,
            class_group_id=row.class_group_id,
            cohort=row.cohort,
            delegated_by_id=row.delegated_by_id,
        )
        for row in rows
    )
    roll = Student.objects.filter(Q(person=person)).values_list("pk", flat=True).first()
    return Standing(student_id=roll, powers=powers)
