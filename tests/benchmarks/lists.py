"""What the lists of the second scheme cost at a million claims against ten thousand.

./run bench lists [--small 10000] [--large 1000000] [--rounds 40]

The demo's claims of the second scheme are multiplied in the database, each copy with a student of its own choosing, its
lot and its task, so that every list has rows to pass over.
"""

from __future__ import annotations

import argparse
from typing import Any

from tests.benchmarks.pages import Place, measure, print_table
from tests.benchmarks.portal import Visitor, make_database, prepare, use

STUDENTS = 40_000
TASKS = 2_000  # an expert's pile does not grow with the university
# Students are copied first; a claim's copy goes to one of its college's, so that scopes stay true.
COPY_PEOPLE = """
INSERT INTO portal_person (password, is_superuser, number, name, initials, email, phone, is_active, is_staff,
                           must_change_password, created_at)
SELECT '!', false, 'B' || n, p.name, p.initials, '', '', true, false, false, now()
FROM generate_series(1, %(students)s) n
JOIN (SELECT name, initials, row_number() OVER (ORDER BY id) AS place, count(*) OVER () AS total
      FROM portal_person WHERE id IN (SELECT person_id FROM portal_student)) p ON p.place = 1 + n %% p.total
"""
COPY_ROLL = """
INSERT INTO portal_student (person_id, college_id, major_id, class_group_id, cohort, kind, entered_on, leaves_on,
                            on_roll)
SELECT p.id, s.college_id, s.major_id, s.class_group_id, s.cohort, s.kind, s.entered_on, s.leaves_on, true
FROM (SELECT id, substr(number, 2)::int AS n FROM portal_person WHERE number LIKE 'B%%') p
JOIN (SELECT *, row_number() OVER (ORDER BY id) AS place, count(*) OVER () AS total FROM portal_student
      WHERE college_id IN (SELECT college_id FROM credits_coverage WHERE scheme_id = %(scheme)s)) s
  ON s.place = 1 + p.n %% s.total
"""


# The students of a college are numbered, and how many there are stands beside each claim, so that the join is by equal
# numbers and is hashed: compared row by row, a million copies meet forty thousand students for hours.
COPY_CLAIMS = """
CREATE TEMP TABLE copied ON COMMIT DROP AS
WITH numbered AS (SELECT id, college_id, row_number() OVER (PARTITION BY college_id ORDER BY id) AS place
                  FROM portal_student),
     sizes AS (SELECT college_id, count(*) AS total FROM portal_student GROUP BY college_id),
     wanted AS (SELECT c.id AS source, c.college_id, 1 + (n * 7919 + c.id) %% z.total AS place
                FROM credits_claim c JOIN sizes z USING (college_id) CROSS JOIN generate_series(1, %(copies)s) n
                WHERE c.scheme_id = %(scheme)s AND NOT c.follows_lead LIMIT %(wanted)s)
SELECT w.source, nextval('credits_claim_id_seq') AS id, s.id AS student
FROM wanted w JOIN numbered s USING (college_id, place)
"""


def multiply(wanted: int) -> None:
    """Bring the second scheme's claims to so many, with lots for what is recognised and tasks for what is scored."""
    from django.db import connection, transaction  # noqa: PLC0415 - needs the settings

    from credits.models import Claim, Lot, Scheme  # noqa: PLC0415 - as above
    from review.demo.copies import copy_rows  # noqa: PLC0415 - as above
    from review.demo.unguarded import unguarded  # noqa: PLC0415 - as above
    from review.models import Assignment  # noqa: PLC0415 - as above

    scheme = Scheme.objects.get(code="whu")
    mine = Claim.objects.filter(scheme=scheme)
    if mine.count() >= wanted:
        return
    copies = wanted // mine.filter(follows_lead=False).count() + 1
    facts = {"scheme": scheme.pk, "students": STUDENTS, "copies": copies, "wanted": wanted}
    claims = {"id": "k.id", "student_id": "k.student", "receipt_number": "''", "project_id": "NULL"}
    lots = {"claim_id": "k.id", "student_id": "k.student"}
    tasks = copy_rows(Assignment, {"claim_id": "k.id"}, source_of(Assignment))
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in (COPY_PEOPLE, COPY_ROLL, COPY_CLAIMS):
            cursor.execute(statement, facts)
        with unguarded([Claim, Lot, Assignment]):
            # A copy is of no project: those of the demo belong to its few students.
            cursor.execute(copy_rows(Claim, claims, source_of(Claim, "id")))
            cursor.execute(copy_rows(Lot, lots, source_of(Lot)))
            cursor.execute(f"{tasks} LIMIT {TASKS}")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (FREEZE, ANALYZE)")


def source_of(model: Any, column: str = "claim_id") -> str:
    """Return what joins the rows to be copied with the claims that get copies."""
    return f'JOIN "{model._meta.db_table}" r ON r.{column} = k.source'


def furnish(place: Place) -> None:
    """Sign the second scheme's people in and name the pages."""
    from credits.models import Scheme  # noqa: PLC0415 - models need the settings
    from portal.enums import Role  # noqa: PLC0415 - as above
    from portal.models import Appointment  # noqa: PLC0415 - as above
    from review.models import Meeting, PublicityList  # noqa: PLC0415 - as above

    use(place.database)
    scheme = Scheme.objects.get(code="whu")
    held = Appointment.objects.filter(scheme_code=scheme.code).order_by("pk").select_related("person")
    roles = {"office": Role.OFFICE, "secretary": Role.SECRETARY, "expert": Role.EXPERT, "committee": Role.COMMITTEE}
    place.visitors = {name: Visitor(held.filter(role=role)[0].person) for name, role in roles.items()}
    meeting = Meeting.objects.filter(scheme=scheme).order_by("pk")[0].pk
    public = PublicityList.objects.filter(scheme=scheme, state="published", kind="claims")[0].code
    place.targets = {
        "college: queue of 25": ("secretary", "/desk/claims/"),
        "office: queue of 25": ("office", "/desk/claims/"),
        "office: collation": ("office", "/office/collation/"),
        "office: claims to assign": ("office", "/desk/assigning/"),
        "office: records": ("office", "/office/records/"),
        "office: library": ("office", "/office/library/"),
        "office: sanctions": ("office", "/office/sanctions/"),
        "expert: tasks": ("expert", "/desk/experts/"),
        "committee: meeting": ("committee", f"/desk/committee/meetings/{meeting}/"),
        "everybody: publicity list": ("office", f"/publicity/{public}/"),
    }


def main() -> None:
    """Make the data, measure, print."""
    parser = argparse.ArgumentParser(prog="./run bench lists", description=__doc__.splitlines()[0])
    parser.add_argument("--small", type=int, default=10_000, help="claims of the second scheme in the small database")
    parser.add_argument("--large", type=int, default=1_000_000, help="claims of the second scheme in the large one")
    parser.add_argument("--rounds", type=int, default=40)
    asked = parser.parse_args()
    prepare()
    places = {}
    for size, claims in (("small", asked.small), ("large", asked.large)):
        # The name of a database says its size; the first scheme's few claims differ by one so that there are two.
        name = make_database(100 + (size == "large"), students=60, colleges=3, files=10, scheme="all")
        places[size] = Place(name)
        use(name)
        multiply(claims)
    for place in places.values():  # only now: who is idle for half an hour is signed out
        furnish(place)
    print(f"small: {asked.small:,} claims of the second scheme, large: {asked.large:,}; {asked.rounds} rounds")
    print_table(measure(places, asked.rounds))


if __name__ == "__main__":
    main()
