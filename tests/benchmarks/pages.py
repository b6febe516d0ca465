"""What a page costs at a million claims against ten thousand, and against a bare view with the same SQL.

./run bench pages [--small 10000] [--large 1000000] [--rounds 60]
"""

from __future__ import annotations

import argparse
import statistics
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

from tests.benchmarks.portal import Visitor, cost, make_database, prepare, settle, use

if TYPE_CHECKING:
    from collections.abc import Callable

OWN = 20  # claims of the student whose pages are measured: the same ones in both databases
TIMES = 3
WARM_UP = 5
# What every request asks before its view: the bare view asks it for itself.
BEFORE_THE_VIEW = ("django_session", 'FROM "portal_person"')


@dataclass
class Place:
    """One database with the people who visit its pages."""

    database: str
    visitors: dict[str, Visitor] = field(default_factory=dict)
    targets: dict[str, tuple[str, str]] = field(default_factory=dict)  # page → who, where


@dataclass
class Measured:
    """The samples of one page in one place: milliseconds of web and database."""

    samples: list[tuple[float, float]] = field(default_factory=list)

    @property
    def both(self) -> float:
        """Return the median of the sums."""
        return statistics.median(web + database for web, database in self.samples)

    def part(self, index: int) -> float:
        """Return the median of one part."""
        return statistics.median(sample[index] for sample in self.samples)


def furnish(place: Place) -> None:
    """Give one student the same claims in every database, sign people in, and name the pages."""
    from credits.models import Category, Claim, Lot  # noqa: PLC0415 - models need the settings
    from portal.enums import Role, Status  # noqa: PLC0415 - as above
    from portal.models import Appointment, Student  # noqa: PLC0415 - as above

    use(place.database)
    ground = Claim.objects.filter(college=Student.objects.order_by("pk")[10].college).order_by("pk")
    draft = ground.filter(status=Status.DRAFT, round__isnull=False)[0]
    student, other = Student.objects.filter(college=draft.college, cohort=draft.cohort).order_by("-pk")[:2]
    claim = ground.filter(status=Status.RECOGNISED, round__isnull=False, evidence__isnull=False)[0].pk
    own = list(dict.fromkeys([draft.pk, claim, *ground.values_list("pk", flat=True)[: 2 * OWN]]))[:OWN]
    # In this order: what the student had goes to somebody else, then the chosen ones come.
    had = list(Claim.objects.filter(student=student).exclude(pk__in=own).values_list("pk", flat=True))
    for keys, owner in ((had, other), (own, student)):
        Lot.objects.filter(claim__in=keys).update(student=owner)
        Claim.objects.filter(pk__in=keys).update(student=owner)
    secretary = Appointment.objects.filter(role=Role.SECRETARY, college_id=student.college_id)[0].person
    office = Appointment.objects.filter(role=Role.OFFICE)[0].person
    place.visitors = {
        "student": Visitor(student.person),
        "secretary": Visitor(secretary),
        "office": Visitor(office),
    }
    waiting = Claim.objects.waiting_for(office).order_by("stage_entered_at", "pk")
    category = Category.objects.get(pk=waiting.values_list("category", flat=True)[0])
    # An early one: the row that stands first differs from one database to the other.
    reviewed = ground.filter(status=Status.IN_REVIEW, stage="college", evidence__isnull=False)[0].pk
    place.targets = {
        "student: list of 20 claims": ("student", "/claims/"),
        "student: points query": ("student", "/points/"),
        "student: one claim": ("student", f"/claims/{claim}/"),
        "student: claim form": ("student", f"/claims/{draft.pk}/edit/"),
        "college: queue of 25": ("secretary", "/desk/claims/"),
        "college: review page": ("secretary", f"/desk/claims/{reviewed}/"),
        "office: queue of 25": ("office", "/desk/claims/"),
        "office: queue, filtered": ("office", f"/desk/claims/?category={category.pk}"),
    }


class Recorder:
    """Keeps the statements that a page sends, without those that come before its view."""

    def __init__(self) -> None:
        self.statements: list[tuple[str, Any]] = []

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's signature
        """Note the statement and run it."""
        if not any(part in sql for part in BEFORE_THE_VIEW):
            self.statements.append((sql, params))
        return execute(sql, params, many, context)


def statements_of(visitor: Visitor, target: str) -> list[tuple[str, Any]]:
    """Return the SQL of a page."""
    from django.db import connection  # noqa: PLC0415 - needs the settings

    recorder = Recorder()
    with connection.execute_wrapper(recorder):
        visitor.get(target)
    return recorder.statements


BARE: dict[str, list[tuple[str, Any]]] = {}


def bare_view(request: Any) -> Any:
    """Run a page's statements for a signed-in person and say OK."""
    from django.db import connection  # noqa: PLC0415 - needs the settings
    from django.http import HttpResponse  # noqa: PLC0415 - as above

    if not request.user.is_authenticated:
        return HttpResponse(status=403)
    with connection.cursor() as cursor:
        for sql, params in BARE[request.GET["page"]]:
            cursor.execute(sql, params)
            cursor.fetchall()
    return HttpResponse(b"OK")


def bare_applications() -> dict[str, Any]:
    """Return the portal with the bare view among its pages, once with all its middleware, once with the least."""
    from django.core.handlers.wsgi import WSGIHandler  # noqa: PLC0415 - needs the settings
    from django.test import override_settings  # noqa: PLC0415 - as above
    from django.urls import path  # noqa: PLC0415 - as above

    from portal import urls  # noqa: PLC0415 - as above
    from portal.wsgi import application  # noqa: PLC0415 - as above

    urls.urlpatterns.insert(0, path("bare/", bare_view))
    least = ["django.contrib.sessions.middleware.SessionMiddleware"]
    least.append("django.contrib.auth.middleware.AuthenticationMiddleware")
    with override_settings(MIDDLEWARE=least):
        return {"bare": application, "least": WSGIHandler()}


def measure(places: dict[str, Place], rounds: int) -> dict[tuple[str, str], Measured]:
    """Return the samples by page and variant: the page on both sizes, the bare view on the large."""
    applications = bare_applications()
    actions: dict[tuple[str, str], tuple[str, Callable[[], object]]] = {}
    for size, place in places.items():
        use(place.database)
        for page, (who, target) in place.targets.items():
            visitor = place.visitors[who]
            for _time in range(WARM_UP):
                visitor.get(target)
            actions[page, size] = place.database, partial(visitor.get, target)
    for page, (who, target) in places["large"].targets.items():
        visitor = places["large"].visitors[who]
        BARE[page] = statements_of(visitor, target)
        for variant, application in applications.items():
            bare = partial(visitor.get, f"/bare/?page={quote_plus(page)}", application)
            actions[page, variant] = places["large"].database, bare
    return interleaved(actions, rounds)


def interleaved(
    actions: dict[tuple[str, str], tuple[str, Callable[[], object]]], rounds: int
) -> dict[tuple[str, str], Measured]:
    """Return the samples of every action, taken in turns so that what disturbs one disturbs all."""
    measured = {key: Measured() for key in actions}
    settle()
    for number in range(rounds + 1):
        for key, (database, action) in actions.items():
            use(database)
            sample = cost(action, TIMES)
            if number:  # the first round warms up
                measured[key].samples.append(sample)
    return measured


HEADINGS = ("page", "small", "large", "web + database", "bare", "large / small", "page / bare", "/ least bare", "SQL")


def print_table(measured: dict[tuple[str, str], Measured]) -> None:
    """Print milliseconds of processor time and the ratios."""
    print(f"| {' | '.join(HEADINGS)} |\n|{'---|' * len(HEADINGS)}")
    for page in dict.fromkeys(page for page, _variant in measured):
        small, large, bare, least = (measured[page, variant] for variant in ("small", "large", "bare", "least"))
        cells = [
            page,
            f"{small.both:.2f}",
            f"{large.both:.2f}",
            f"{large.part(0):.2f} + {large.part(1):.2f}",
            f"{bare.both:.2f}",
            f"{large.both / small.both:.2f}",
            f"{large.both / bare.both:.2f}",
            f"{large.both / least.both:.2f}",
            str(len(BARE[page])),
        ]
        print(f"| {' | '.join(cells)} |")


def main() -> None:
    """Make the data, measure, print."""
    parser = argparse.ArgumentParser(prog="./run bench pages", description=__doc__.splitlines()[0])
    parser.add_argument("--small", type=int, default=10_000, help="claims in the small database")
    parser.add_argument("--large", type=int, default=1_000_000, help="claims in the large one")
    parser.add_argument("--students", type=int, default=40_000)
    parser.add_argument("--colleges", type=int, default=30)
    parser.add_argument("--files", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=60)
    asked = parser.parse_args()
    prepare()
    places = {}
    for size, claims in (("small", asked.small), ("large", asked.large)):
        name = make_database(claims, students=asked.students, colleges=asked.colleges, files=asked.files)
        places[size] = Place(name)
        furnish(places[size])
    print(f"small: {asked.small:,} claims, large: {asked.large:,}; {asked.students:,} students, {asked.rounds} rounds")
    print_table(measure(places, asked.rounds))


if __name__ == "__main__":
    main()
