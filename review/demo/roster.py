"""The invented people: colleges, majors, classes, students, staff and their appointments."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from random import Random
from typing import Any

from portal.enums import Role, StudentKind
from portal.models import Appointment, ClassGroup, College, Major, Person, Student, Term
from portal.pinyin import person_initials
from review.demo.bulk import Sheet, flush_all
from review.demo.calendar import Calendar
from review.demo.words import COLLEGES, ETHNIC_NAME, SPECIAL_NAMES, person_name

UNUSABLE = "!demo"
FLAGS = (True, False, False)  # may sign in, no administrator, no password to change
CLASSES_PER_MAJOR = 2
# The first students of the graduating cohort are the ones that the sign-in page offers; see review/demo/scenes.py.
FIRST_NAMES = ["陈思远", "林晓彤", "王" + SPECIAL_NAMES[0], "周雨桐"]


@dataclass(frozen=True, slots=True)
class RollEntry:
    """What the claim generator must know of a student."""

    pk: int
    person_id: int
    name: str
    college_id: int
    college_code: str
    cohort: int


@dataclass
class Roster:
    """Everybody who was made."""

    students: list[RollEntry] = field(default_factory=list)
    secretaries: dict[int, Person] = field(default_factory=dict)
    office: list[Person] = field(default_factory=list)
    owners: dict[str, Person] = field(default_factory=dict)


def make_terms(calendar: Calendar) -> Term:
    """Make the terms of four academic years and return the present one."""
    year = calendar.first_year
    for back in range(4):
        first = year - back
        spans = [
            (1, datetime.date(first, 9, 1), datetime.date(first + 1, 1, 20)),
            (2, datetime.date(first + 1, 2, 20), datetime.date(first + 1, 7, 10)),
        ]
        for number, starts, ends in spans:
            Term.objects.get_or_create(
                code=f"{first}-{first + 1}-{number}",
                defaults={"academic_year": f"{first}-{first + 1}", "starts_on": starts, "ends_on": ends},
            )
    return Term.objects.get(code=f"{year}-{year + 1}-{1 if calendar.now.month >= 9 or calendar.now.month < 2 else 2}")  # noqa: PLR2004 - months


def make_roster(calendar: Calendar, random: Random, *, students: int, colleges: int) -> Roster:
    """Make the colleges, the students of three cohorts and the staff."""
    roster = Roster()
    rows = list(_colleges(colleges))
    _make_students(roster, rows, calendar, random, students)
    _make_staff(roster, [row[0] for row in rows], calendar, random)
    return roster


def _colleges(count: int) -> list[tuple[College, list[Major]]]:
    found = []
    for position in range(count):
        if position < len(COLLEGES):
            code, name, majors = COLLEGES[position]
        else:
            code, name = f"c{position + 1:02d}", f"第{position + 1}学院"
            majors = [(f"9{position + 1:02d}{n:02d}", f"{name}专业{n}") for n in (1, 2)]
        college, _new = College.objects.get_or_create(code=code, defaults={"name": name})
        found.append(
            (
                college,
                [Major.objects.get_or_create(code=c, defaults={"college": college, "name": n})[0] for c, n in majors],
            )
        )
    return found


def _make_students(
    roster: Roster, rows: list[tuple[College, list[Major]]], calendar: Calendar, random: Random, total: int
) -> None:
    people = Sheet(
        Person,
        "password",
        "last_login",
        "is_superuser",
        "number",
        "name",
        "initials",
        "email",
        "phone",
        "is_active",
        "is_staff",
        "must_change_password",
        "created_at",
    )
    roll = Sheet(
        Student,
        "person_id",
        "college_id",
        "major_id",
        "class_group_id",
        "cohort",
        "kind",
        "entered_on",
        "leaves_on",
        "on_roll",
    )
    classes = _classes(rows, calendar)
    parts, part = len(calendar.cohorts) * len(rows), 0
    for cohort in calendar.cohorts:
        number = 0
        for college, majors in rows:
            part += 1
            for _seat in range(total * part // parts - total * (part - 1) // parts):
                number += 1
                name = _name(len(roster.students), random)
                major = majors[number % len(majors)]
                group = classes[(major.pk, cohort)][number % CLASSES_PER_MAJOR]
                login = f"11{cohort}{number:04d}"
                email = f"{login}@example.edu"
                phone = f"138{random.randint(0, 99_999_999):08d}"
                person = people.add(
                    *(UNUSABLE, None, False, login, name, person_initials(name), email, phone, *FLAGS, calendar.now)
                )
                entry = roll.add(
                    person,
                    college.pk,
                    major.pk,
                    group.pk,
                    cohort,
                    StudentKind.FULL_TIME.value,
                    datetime.date(cohort, 9, 1),
                    datetime.date(cohort + 4, 7, 1),
                    True,  # noqa: FBT003 - a column
                )
                roster.students.append(RollEntry(entry, person, name, college.pk, college.code, cohort))
                flush_all([people, roll])
    people.finish()
    roll.finish()


def _classes(rows: list[tuple[College, list[Major]]], calendar: Calendar) -> dict[tuple[int, int], list[ClassGroup]]:
    found: dict[tuple[int, int], list[ClassGroup]] = {}
    for _college, majors in rows:
        for major in majors:
            for cohort in calendar.cohorts:
                names = [f"{major.code[-4:]}{cohort % 100:02d}{n:02d}" for n in range(1, CLASSES_PER_MAJOR + 1)]
                found[(major.pk, cohort)] = [
                    ClassGroup.objects.get_or_create(name=name, defaults={"major": major, "cohort": cohort})[0]
                    for name in names
                ]
    return found


def _name(position: int, random: Random) -> str:
    """Return the next name: the offered accounts first, then rare and long names, then invented ones."""
    if position < len(FIRST_NAMES):
        return FIRST_NAMES[position]
    rare = ["李" + character for character in SPECIAL_NAMES] + [ETHNIC_NAME]
    if position - len(FIRST_NAMES) < len(rare):
        return rare[position - len(FIRST_NAMES)]
    return person_name(random)


def _make_staff(roster: Roster, colleges: list[College], calendar: Calendar, random: Random) -> None:
    since = datetime.date(calendar.first_year - 4, 9, 1)

    def appoint(number: str, name: str, role: Role, **scope: Any) -> Person:
        person, _new = Person.objects.get_or_create(
            number=number, defaults={"name": name, "email": f"{number}@example.edu", "password": UNUSABLE}
        )
        Appointment.objects.get_or_create(person=person, role=role, starts_on=since, **scope)
        return person

    for position, college in enumerate(colleges, start=1):
        name = ["何丽华", "孙建平", "郭永强"][position - 1] if position <= 3 else person_name(random)  # noqa: PLR2004 - the named three
        roster.secretaries[college.pk] = appoint(f"6120{position:04d}", name, Role.SECRETARY, college=college)
    roster.office = [
        appoint("61300001", "梁志远", Role.OFFICE, scheme_code="bit"),
        appoint("61300002", "郑秀英", Role.OFFICE, scheme_code="bit"),
    ]
    roster.owners["innovation"] = appoint(
        "61400001", "谢文博", Role.OWNER_UNIT, scheme_code="bit", category_code="innovation"
    )
    league = appoint("61400002", "唐欣怡", Role.OWNER_UNIT, scheme_code="bit", category_code="practice")
    Appointment.objects.get_or_create(
        person=league, role=Role.OWNER_UNIT, starts_on=since, scheme_code="bit", category_code="art"
    )
    roster.owners["practice"] = roster.owners["art"] = league
    appoint("61200091", "冯春梅", Role.COUNSELLOR, college=colleges[0], cohort=calendar.cohorts[0])
    appoint("61500001", "曹国栋", Role.COMMITTEE, scheme_code="bit")
    appoint("61600001", "韩明哲", Role.AUDITOR, scheme_code="bit")
    _make_delegate(roster, colleges, calendar, since)
    _make_administrator(since)


def _make_delegate(roster: Roster, colleges: list[College], calendar: Calendar, since: datetime.date) -> None:
    """Make a second secretary who stands in for the first until the end of the year, by delegation."""
    first = roster.secretaries[colleges[0].pk]
    person, _new = Person.objects.get_or_create(
        number="61200092", defaults={"name": "董立新", "email": "61200092@example.edu", "password": UNUSABLE}
    )
    Appointment.objects.get_or_create(
        person=person, role=Role.SECRETARY, college=colleges[1 % len(colleges)], starts_on=since
    )
    Appointment.objects.get_or_create(
        person=person,
        role=Role.SECRETARY,
        college=colleges[0],
        starts_on=calendar.day(-5).date(),
        defaults={
            "ends_on": calendar.day(30).date(),
            "delegated_by": first,
            "source": Appointment.objects.get(person=first, role=Role.SECRETARY, college=colleges[0]),
            "reason": "休假",
        },
    )


def _make_administrator(since: datetime.date) -> None:
    person, _new = Person.objects.get_or_create(
        number="61900001",
        defaults={
            "name": "许志强",
            "email": "61900001@example.edu",
            "password": UNUSABLE,
            "is_staff": True,
            "is_superuser": True,
        },
    )
    Appointment.objects.get_or_create(person=person, role=Role.ADMINISTRATOR, starts_on=since)
