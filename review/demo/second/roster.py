"""The people of the second university: two hundred students of three colleges, experts, a committee, the offices."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from random import Random
from typing import Any

from portal.enums import Role
from portal.models import Appointment, ClassGroup, College, Major, Person, Student
from review.demo.calendar import Calendar
from review.demo.roster import UNUSABLE
from review.demo.second import words
from review.demo.words import person_name

STUDENTS = 200
CLASSES = 2
SCHEME = "whu"


@dataclass
class People:
    """Everybody who was made, by what they do."""

    students: list[Student] = field(default_factory=list)
    secretaries: dict[int, Person] = field(default_factory=dict)
    office: list[Person] = field(default_factory=list)
    experts: list[Person] = field(default_factory=list)
    committee: list[Person] = field(default_factory=list)
    colleges: list[College] = field(default_factory=list)


def make_people(calendar: Calendar, random: Random) -> People:
    """Make the colleges, the students and the staff."""
    people = People()
    for code, name, majors in words.COLLEGES:
        college = College.objects.create(code=code, name=name)
        people.colleges.append(college)
        for major_code, major_name in majors:
            Major.objects.create(code=f"w{major_code}", college=college, name=major_name)
    _make_students(people, calendar, random)
    _make_staff(people, calendar)
    return people


def _make_students(people: People, calendar: Calendar, random: Random) -> None:
    classes = list(_classes(people, calendar))
    persons, roll = [], []
    for position in range(STUDENTS):
        group = classes[position % len(classes)]
        name = words.FIRST_NAMES[position] if position < len(words.FIRST_NAMES) else person_name(random)
        number = f"{group.cohort}302{position:06d}"
        persons.append(
            Person(
                number=number,
                name=name,
                email=f"{number}@example.edu",
                phone=f"159{random.randint(0, 99_999_999):08d}",
                password=UNUSABLE,
            )
        )
        roll.append((persons[-1], group))
    Person.objects.bulk_create(persons)
    people.students = Student.objects.bulk_create(
        Student(
            person=person,
            college=group.major.college,
            major=group.major,
            class_group=group,
            cohort=group.cohort,
            entered_on=datetime.date(group.cohort, 9, 1),
            leaves_on=datetime.date(group.cohort + 4, 7, 1),
        )
        for person, group in roll
    )


def _classes(people: People, calendar: Calendar) -> Any:
    """Yield the classes, the graduating cohort of the first college first."""
    for cohort in calendar.cohorts:
        for college in people.colleges:
            for major in college.majors.all():
                for number in range(1, CLASSES + 1):
                    name = f"{major.name[:2]}{cohort % 100:02d}{number:02d}"
                    yield ClassGroup.objects.create(major=major, cohort=cohort, name=name)


def _make_staff(people: People, calendar: Calendar) -> None:
    since = datetime.date(calendar.first_year - 4, 9, 1)

    def appoint(number: str, name: str, role: Role, **scope: Any) -> Person:
        person, _new = Person.objects.get_or_create(
            number=number, defaults={"name": name, "email": f"{number}@example.edu", "password": UNUSABLE}
        )
        Appointment.objects.create(person=person, role=role, starts_on=since, **scope)
        return person

    for position, (college, name) in enumerate(zip(people.colleges, words.SECRETARIES, strict=True), start=1):
        number = f"0002{position:04d}"
        people.secretaries[college.pk] = appoint(number, name, Role.SECRETARY, college=college, scheme_code=SCHEME)
    people.office = [
        appoint(f"0003{position:04d}", name, Role.OFFICE, scheme_code=SCHEME)
        for position, name in enumerate(words.OFFICE, start=1)
    ]
    for position, (category, name) in enumerate(words.UNITS.items(), start=1):
        appoint(f"0004{position:04d}", name, Role.OWNER_UNIT, scheme_code=SCHEME, category_code=category)
    # Two experts a college: whoever teaches there never scores its students.
    people.experts = [
        appoint(f"0005{position:04d}", name, Role.EXPERT, scheme_code=SCHEME, college=people.colleges[position % 3])
        for position, name in enumerate(words.EXPERTS)
    ]
    people.committee = [
        appoint(
            f"0006{position:04d}",
            name,
            Role.COMMITTEE,
            scheme_code=SCHEME,
            ends_on=datetime.date(calendar.first_year + 2, 8, 31),
        )
        for position, name in enumerate(words.COMMITTEE, start=1)
    ]
    appoint("00070001", words.AUDITOR, Role.AUDITOR, scheme_code=SCHEME)
