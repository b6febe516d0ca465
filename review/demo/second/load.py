"""Puts the second university together: people, scheme with its older version, library, rounds, scenes."""

from __future__ import annotations

from pathlib import Path
from random import Random

from django.conf import settings
from django.db.models import F, Value
from django.db.models.functions import Concat

from credits.models import SchemeVersion
from credits.services.schemes import cover, load_version
from credits.stages import forget_stages
from portal.models import Holiday, Person, Term
from review.demo.calendar import Calendar
from review.demo.second.facts import CaseMaker
from review.demo.second.findings import play_findings
from review.demo.second.offsets import make_plans, play_offsets
from review.demo.second.roster import SCHEME, People, make_people
from review.demo.second.rounds import make_rounds
from review.demo.second.scenes import play
from review.demo.second.shelf import make_library
from review.demo.second.stage import Stage

PACKS = Path(settings.BASE_DIR) / "credits" / "packs"
VERSIONS = ("whu-2010.toml", "whu.toml")


def load_second(calendar: Calendar, random: Random, term: Term) -> None:
    """Make everything; in the caller's transaction. Nobody gets mail for what happened before the demo began."""
    people = make_people(calendar, random)
    staff = Person.objects.filter(appointments__scheme_code=SCHEME)
    Person.objects.filter(pk__in=staff).update(email="")
    Person.objects.filter(student__college__in=people.colleges).update(email="")
    version = _make_scheme(people)
    _make_holidays(calendar)
    library = make_library(version.scheme.categories.get(code="competition"), version.data, random)
    maker = CaseMaker(version.data, library, random)
    stage = Stage(version, people, maker, calendar, random)
    rounds = make_rounds(version.scheme, calendar)
    make_plans(stage, term)
    play(stage, rounds)
    play_offsets(stage)
    play_findings(stage)
    _give_addresses(people)


def _make_scheme(people: People) -> SchemeVersion:
    """Load the versions in the order in which they came into force, and let the newest cover the colleges."""
    actor = Person.objects.get(pk=people.office[0].pk)
    version = None
    for name in VERSIONS:
        version, _new = load_version((PACKS / name).read_text(), name, actor)
    assert version is not None  # noqa: S101 - there are versions; narrows the type
    forget_stages()
    cover(version.scheme, people.colleges)
    return version


def _make_holidays(calendar: Calendar) -> None:
    year = calendar.now.year
    days = [(f"{year}-10-0{n}", "国庆节", False) for n in range(1, 8)] + [(f"{year + 1}-01-01", "元旦", False)]
    Holiday.objects.bulk_create(Holiday(day=day, name=name, works=works) for day, name, works in days)


def _give_addresses(people: People) -> None:
    everybody = Person.objects.filter(student__college__in=people.colleges)
    staff = Person.objects.filter(appointments__scheme_code=SCHEME)
    Person.objects.filter(pk__in=everybody).update(email=Concat(F("number"), Value("@example.edu")))
    Person.objects.filter(pk__in=staff).update(email=Concat(F("number"), Value("@example.edu")))
