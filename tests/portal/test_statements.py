"""Kept statements: built once, asked with other values."""

import datetime

import pytest
from django.utils import timezone

from portal.models import Person
from portal.standing import standing_of
from portal.statements import KeptStatement
from tests.builders import make_staff, make_student

pytestmark = pytest.mark.django_db


def test_values_go_to_their_places_and_constants_stay():
    built = []

    def query(pk, number):
        built.append(pk)
        return Person.objects.filter(number=number, is_active=True, pk=pk).values_list("pk", "number")

    statement = KeptStatement(query, 987_654_321, "example")
    one, two = make_student().person, make_student().person
    assert statement.rows(one.pk, one.number) == [(one.pk, one.number)]
    assert statement.rows(two.pk, two.number) == [(two.pk, two.number)]
    assert statement.rows(two.pk, one.number) == []
    assert len(built) == 1


def test_moments_come_as_moments_on_either_database():
    person = make_student().person
    Person.objects.filter(pk=person.pk).update(last_login=timezone.now())
    statement = KeptStatement(
        lambda pk: Person.objects.filter(pk=pk).values_list("last_login", "is_active"), 987_654_321
    )
    assert statement.rows(person.pk) == [(Person.objects.get().last_login, True)]


def test_the_standing_follows_the_day():
    person = make_staff("office")
    appointment = person.appointments.get()
    assert standing_of(person).roles == {"office"}
    appointment.starts_on = appointment.ends_on = datetime.date(2020, 1, 1)
    appointment.save()
    assert standing_of(person).roles == set()
