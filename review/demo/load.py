"""Puts the demo together: roster, scheme, rounds, courses, claims, scenes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random

from django.conf import settings
from django.db import connection, transaction

from conversion.models import Course, Offering
from conversion.services.courses import adopt_courses
from credits.models import SchemeVersion
from credits.services.schemes import cover, load_version
from portal.models import College, Person, Term
from review.demo.calendar import Calendar
from review.demo.claims import ClaimWriter
from review.demo.copies import FIRST_HAND, copy_claims
from review.demo.duplicates import play_duplicates
from review.demo.roster import make_roster, make_terms
from review.demo.rounds import make_rounds
from review.demo.scenes import Stage, play
from review.demo.second.load import load_second

PACKS = Path(settings.BASE_DIR) / "credits" / "packs"
OFFERED = 4  # the students of the sign-in page have their own scenes


@dataclass(frozen=True, slots=True)
class Size:
    """How large the invented university is."""

    students: int = 240
    colleges: int = 3
    claims: int = 1500
    files: int = 2000
    seed: int = 2023


def load_demo(size: Size, scheme: str = "bit") -> None:
    """Fill an empty database; one transaction, so that an interrupted start leaves nothing half-made.

    ``scheme`` "all" adds the second university with its own regulation.
    """
    calendar, random = Calendar.today(), Random(size.seed)  # noqa: S311 - invented data
    with transaction.atomic():
        term = make_terms(calendar)
        roster = make_roster(calendar, random, students=size.students, colleges=size.colleges)
        version = make_scheme(Person.objects.get(pk=roster.office[0].pk))
        finished, running = make_rounds(version.scheme, calendar)
        make_offerings(version, term, calendar)
        writer = ClaimWriter(version, roster, calendar, random, drawn_limit=size.files)
        students = roster.students[OFFERED:]
        # SQLite carries no million, so there each claim is written by hand.
        by_hand = min(size.claims, FIRST_HAND) if connection.vendor == "postgresql" else size.claims
        writer.fill(by_hand, students, finished, running)
        writer.finish()
        copy_claims(size.claims - by_hand, [student.pk for student in students])
        stage = Stage(version, roster, calendar, running, random)
        play(stage)
        play_duplicates(stage)
        if scheme == "all":
            load_second(calendar, random, term)


def make_scheme(actor: Person) -> SchemeVersion:
    """Load the pack, adopt its courses, and let it cover all colleges."""
    path = PACKS / "bit.toml"
    version, _new = load_version(path.read_text(), path.name, actor)
    adopt_courses(version, actor)
    cover(version.scheme, College.objects.all())  # the second university's come later
    return version


def make_offerings(version: SchemeVersion, term: Term, calendar: Calendar) -> None:
    """Open every course of the scheme for conversion in the present term."""
    for course in Course.objects.filter(scheme=version.scheme):
        Offering.objects.get_or_create(
            course=course,
            term=term,
            defaults={
                "opens_at": calendar.day(-20, 8),
                "closes_at": calendar.day(25, 17),
                # The large course is for those who graduate; the modules are for everybody.
                "cohorts": [calendar.cohorts[0]] if course.credits > 2 else [],  # noqa: PLR2004 - the size of a module
            },
        )
