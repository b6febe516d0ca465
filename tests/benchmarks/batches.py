"""F8: 500 claims decided in one action, by the office (recognised and awarded) and by a college, as the job does it.

./run bench batches [--claims 60000] [--decide 500] [--rounds 3]

Every round is rolled back, so that all decide the same claims.
"""

from __future__ import annotations

import argparse
import time
from contextlib import suppress
from typing import Any

from tests.benchmarks.portal import backend_nanoseconds, make_database, prepare, settle, use

OTHERS = 3  # so many times the wanted claims are looked at: some need a look of their own and are left out


class RolledBackError(Exception):
    """The round is over."""


def main() -> None:
    """Make the data, measure, print."""
    parser = argparse.ArgumentParser(prog="./run bench batches", description=__doc__.splitlines()[0])
    parser.add_argument("--claims", type=int, default=60_000)
    parser.add_argument("--students", type=int, default=4_000)
    parser.add_argument("--colleges", type=int, default=3)
    parser.add_argument("--decide", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    prepare()
    use(make_database(asked.claims, students=asked.students, colleges=asked.colleges, files=50))
    print("| who | claims | s | s web | s database | statements a claim |\n|---|---|---|---|---|---|")
    settle()
    for role in ("secretary", "office"):
        for _round in range(asked.rounds):
            print(f"| {role} | {asked.decide} | {' | '.join(measured(role, asked.decide))} |", flush=True)


def measured(role: str, size: int) -> list[str]:
    """Return wall time, processor time of web and database, and the statements that one claim costs."""
    from django.db import connection, transaction  # noqa: PLC0415 - needs the settings
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 - as above

    from portal.models import Appointment  # noqa: PLC0415 - models need the settings

    person = Appointment.objects.filter(role=role).order_by("pk")[0].person
    wanted = approvable(person, size)
    figures: list[str] = []
    with suppress(RolledBackError), transaction.atomic():
        database, web, began = backend_nanoseconds(), time.process_time(), time.monotonic()
        decide(person, wanted)
        took, web, database = time.monotonic() - began, time.process_time() - web, backend_nanoseconds() - database
        figures += [f"{took:.2f}", f"{web:.2f}", f"{database / 1e9:.2f}"]
        raise RolledBackError
    with suppress(RolledBackError), transaction.atomic(), CaptureQueriesContext(connection) as queries:
        decide(person, wanted)
        figures.append(f"{len(queries) / size:.2f}")
        raise RolledBackError
    return figures


def approvable(person: Any, size: int) -> list[Any]:
    """Return the first rows of the person's queue that a batch approves."""
    from credits.models import Claim  # noqa: PLC0415 - models need the settings
    from review.desk.batches import Wanted, plan  # noqa: PLC0415 - as above

    waiting = Claim.objects.waiting_for(person).order_by("stage_entered_at", "pk")
    rows = plan(person, [Wanted(*row) for row in waiting.values_list("pk", "revision")[: OTHERS * size]]).approvable
    assert len(rows) >= size, "the queue is too short"
    return [row.wanted for row in rows[:size]]


def decide(person: Any, wanted: list[Any]) -> None:
    """Do what the action does with more rows than one request takes, and then the worker, part by part."""
    from review.models import DecisionBatch  # noqa: PLC0415 - models need the settings
    from review.services.batches import carry_out, decide_part  # noqa: PLC0415 - as above

    batch = DecisionBatch.objects.get(number=carry_out(person, "approve", wanted))
    while decide_part(batch):
        pass


if __name__ == "__main__":
    main()
