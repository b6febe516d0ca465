"""X14: who falls short before graduation, of 40,000 students: the pages of office and college, the export.

./run bench graduation [--claims N]
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import TYPE_CHECKING

from tests.benchmarks.portal import HOST, make_database, prepare, use

if TYPE_CHECKING:
    from portal.models import Person

ROUNDS = 7


def main() -> None:
    """Make the data, open the pages, print milliseconds and queries."""
    parser = argparse.ArgumentParser(prog="./run bench graduation", description=__doc__.splitlines()[0])
    parser.add_argument("--claims", type=int, default=1_000_000)
    parser.add_argument("--students", type=int, default=40_000)
    parser.add_argument("--colleges", type=int, default=30)
    parser.add_argument("--files", type=int, default=50)
    asked = parser.parse_args()
    prepare()
    use(make_database(asked.claims, students=asked.students, colleges=asked.colleges, files=asked.files))
    measure()


def measure() -> None:
    """Open each page a few times and print the median."""
    from django.db import connection  # noqa: PLC0415 - models need the settings
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415
    from django.urls import reverse  # noqa: PLC0415

    from credits.models import Lot  # noqa: PLC0415
    from portal.enums import Role  # noqa: PLC0415
    from portal.models import Appointment, Student  # noqa: PLC0415

    print(f"{Student.objects.count():,} students, {Lot.objects.count():,} records in the ledger")
    college = Student.objects.values_list("college_id", flat=True)[0]
    office = Appointment.objects.filter(role=Role.OFFICE).order_by("pk")[0].person
    secretary = Appointment.objects.filter(role=Role.SECRETARY, college=college).order_by("pk")[0].person
    page, classes = reverse("review:graduation"), reverse("review:graduation_classes")
    looks = [
        ("office: who leaves within a year", office, page),
        ("office: all on the roll", office, f"{page}?leaving=all"),
        ("office: one college", office, f"{page}?leaving=all&college={college}"),
        ("office: all, by shortfall", office, f"{page}?leaving=all&sort=-missing"),
        ("office: classes", office, f"{classes}?leaving=all"),
        ("college: its students", secretary, f"{page}?leaving=all"),
    ]
    for label, person, address in looks:
        client = Client(HTTP_HOST=HOST)
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        seconds = []
        for _round in range(ROUNDS):
            with CaptureQueriesContext(connection) as queries:
                start = time.perf_counter()
                answer = client.get(address)
                seconds.append(time.perf_counter() - start)
        assert answer.status_code == 200, answer.status_code
        slowest = max(float(query["time"]) for query in queries.captured_queries)
        median = statistics.median(seconds) * 1000
        print(f"{label:<34} {median:8.1f} ms  {len(queries):3} queries, the slowest {slowest * 1000:.0f} ms")
    start = time.perf_counter()
    rows = export(office)
    print(f"{'export of ' + format(rows, ',') + ' rows':<34} {(time.perf_counter() - start) * 1000:8.1f} ms")


def export(person: Person) -> int:
    """Write the workbook of all students and return its rows."""
    import io  # noqa: PLC0415 - beside the models

    from review.desk.exporting import export_of  # noqa: PLC0415

    made = export_of("graduation", person, "state=all&leaving=all")
    return made.put(io.BytesIO(), made.rows())


if __name__ == "__main__":
    main()
