"""The people of two colleges and the office, and clients that are them."""

from dataclasses import dataclass, field

import pytest
from django.test import Client

from portal.enums import Role
from tests.builders import OTHER_COLLEGE, get_version, make_college, make_staff, make_student

BACKEND = "django.contrib.auth.backends.ModelBackend"


def client_of(person):
    """Sign a person in."""
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


@dataclass
class Staff:
    """Everybody who could touch a claim of the first college, and some who must not."""

    people: dict = field(default_factory=dict)

    def __getattr__(self, name):
        return self.people[name]

    def client(self, name):
        return client_of(self.people[name])


@pytest.fixture
def staff(db):
    get_version()
    home, away = make_college(), make_college(*OTHER_COLLEGE)
    return Staff(
        {
            "secretary": make_staff(Role.SECRETARY, college=home, name="何丽华"),
            "colleague": make_staff(Role.SECRETARY, college=home, name="孙建平"),
            "away": make_staff(Role.SECRETARY, college=away, name="郭永强"),
            "office": make_staff(Role.OFFICE, scheme="bit", name="梁志远"),
            "counsellor": make_staff(Role.COUNSELLOR, college=home, name="冯春梅"),
            "auditor": make_staff(Role.AUDITOR, scheme="bit", name="韩明哲"),
            "committee": make_staff(Role.COMMITTEE, scheme="bit", name="曹国栋"),
            "owner_unit": make_staff(Role.OWNER_UNIT, scheme="bit", category="innovation", name="谢文博"),
            "administrator": make_staff(Role.ADMINISTRATOR, name="许志强"),
            "student": make_student("王五").person,
        }
    )


@pytest.fixture
def secretary(staff):
    """The first college's secretary, signed in."""
    return client_of(staff.secretary)


@pytest.fixture
def office(staff):
    return client_of(staff.office)


def shown(response):
    """Return the ids of the rows that a list page shows."""
    return [row["pk"] for row in response.context["rows"]]
