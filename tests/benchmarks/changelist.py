"""The queue of 25 against Django admin's changelist on the same table, at a million claims.

./run bench changelist [--claims 1000000] [--rounds 20]

The changelist is what an able developer would write: the queue's columns, the joins they need, 25 a page, the queue's
order, the category and the state as filters. Both are asked by the office, who sees everything.
"""

from __future__ import annotations

import argparse
from functools import partial
from typing import TYPE_CHECKING, Any

from tests.benchmarks.pages import Measured, Place, furnish, interleaved
from tests.benchmarks.portal import Visitor, make_database, prepare, use

if TYPE_CHECKING:
    from collections.abc import Callable

COLUMNS = ("student", "college", "category", "content", "claimed_points", "status", "stage_entered_at")
JOINS = ("student__person", "student__class_group", "college", "category")


def open_changelist() -> None:
    """Put the changelist of claims among the pages."""
    from django.contrib import admin  # noqa: PLC0415 - needs the settings
    from django.urls import path  # noqa: PLC0415 - as above

    from credits.models import Claim  # noqa: PLC0415 - as above
    from portal import urls  # noqa: PLC0415 - as above

    class ClaimAdmin(admin.ModelAdmin[Claim]):
        list_display = COLUMNS
        list_select_related = JOINS
        list_filter = ("category", "status")
        list_per_page = 25
        ordering = ("stage_entered_at", "pk")

    site = admin.AdminSite(name="bench")
    site.register(Claim, ClaimAdmin)
    urls.urlpatterns.insert(0, path("changelist/", site.urls))


def superuser() -> Visitor:
    """Return an administrator who is signed in to the changelist's site."""
    from portal.models import Person  # noqa: PLC0415 - needs the settings

    person, _new = Person.objects.get_or_create(
        number="bench-admin", defaults={"name": "Admin", "is_staff": True, "is_superuser": True}
    )
    return Visitor(person)


def measure(place: Place, rounds: int) -> dict[tuple[str, str], Measured]:
    """Return the samples of queue and changelist, unfiltered and by category."""
    category = place.targets["office: queue, filtered"][1].rpartition("=")[2]
    office, administrator = place.visitors["office"], superuser()
    pages: dict[tuple[str, str], Callable[[], object]] = {
        ("unfiltered", "queue"): partial(office.get, "/desk/claims/"),
        ("unfiltered", "changelist"): partial(administrator.get, "/changelist/credits/claim/"),
        ("by category", "queue"): partial(office.get, f"/desk/claims/?category={category}"),
        ("by category", "changelist"): partial(
            administrator.get, f"/changelist/credits/claim/?category__id__exact={category}"
        ),
    }
    return interleaved({key: (place.database, action) for key, action in pages.items()}, rounds)


def main() -> None:
    """Make the data, measure, print."""
    parser = argparse.ArgumentParser(prog="./run bench changelist", description=__doc__.splitlines()[0])
    parser.add_argument("--claims", type=int, default=1_000_000)
    parser.add_argument("--students", type=int, default=40_000)
    parser.add_argument("--colleges", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=20)
    asked = parser.parse_args()
    prepare()
    place = Place(make_database(asked.claims, students=asked.students, colleges=asked.colleges, files=50))
    furnish(place)
    use(place.database)
    open_changelist()
    print_table(measure(place, asked.rounds))


def print_table(measured: dict[tuple[str, str], Any]) -> None:
    """Print milliseconds of processor time and how many times the queue answers in the changelist's."""
    print("| rows | queue | changelist | changelist / queue |\n|---|---|---|---|")
    for rows in ("unfiltered", "by category"):
        queue, changelist = measured[rows, "queue"].both, measured[rows, "changelist"].both
        print(f"| {rows} | {queue:.1f} | {changelist:.1f} | {changelist / queue:.1f} |")


if __name__ == "__main__":
    main()
