"""Multiplies the invented claims inside PostgreSQL: told by Python one by one, a million lives take fifteen minutes.

A copy has its original's facts and moments, and a student, a receipt, events, a lot and ledger entries of its own, so
that the books of a copied database close like those of a small one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

from credits.models import Claim, ClaimEvent, Evidence, LedgerEntry, Lot, Submission
from portal.enums import Role
from review.demo.unguarded import unguarded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import Model

# So many claims are written by hand before the rest are copies of them.
FIRST_HAND = 20_000
NUMBER = "left({}, 9) || lpad(k.id::text, 8, '0')"  # the day and its hyphen, then the claim's key
IN_EVENT = "r.after ->> 'receipt'"
RECEIPT = f"jsonb_build_object('receipt', {NUMBER.format(IN_EVENT)})"
# A copy goes to the next student of the same college and cohort: what the rules say of its facts stays true.
ROLL = """
CREATE TEMP TABLE roll ON COMMIT DROP AS
SELECT s.id, s.person_id, p.name, s.college_id, s.cohort,
       row_number() OVER (PARTITION BY s.college_id, s.cohort ORDER BY s.id) AS place,
       count(*) OVER (PARTITION BY s.college_id, s.cohort) AS total
FROM portal_student s JOIN portal_person p ON p.id = s.person_id WHERE s.id = ANY(%(students)s)
"""
COPIED = """
CREATE TEMP TABLE copied (source bigint, id bigint, student bigint, person bigint, name text) ON COMMIT DROP
"""
TURN = """
INSERT INTO copied
SELECT c.id, nextval(pg_get_serial_sequence('credits_claim', 'id')), s.id, s.person_id, s.name
FROM (SELECT id, student_id FROM credits_claim_first ORDER BY id LIMIT %(wanted)s) c
JOIN roll o ON o.id = c.student_id
JOIN roll s ON s.college_id = o.college_id AND s.cohort = o.cohort AND s.place = 1 + (o.place - 1 + %(turn)s) %% o.total
ORDER BY c.id
"""


def copy_rows(model: type[Model], own: dict[str, str], source: str) -> str:
    """Return the statement that copies rows of a table for every row ``k`` of ``copied``.

    ``own`` gives the columns that a copy has for itself, ``source`` joins the original's row ``r``. Keys are given out
    in the order of the originals.
    """
    left_out = {model._meta.pk.column, *own}
    shared = [field.column for field in model._meta.concrete_fields if field.column not in left_out]
    names = ", ".join(f'"{name}"' for name in [*own, *shared])
    values = ", ".join([*own.values(), *(f'r."{name}"' for name in shared)])
    return f'INSERT INTO "{model._meta.db_table}" ({names}) SELECT {values} FROM copied k {source} ORDER BY k.id, r.id'  # noqa: S608 - names of our own tables


def _of_claim(model: type[Model], column: str = "claim_id") -> str:
    return f"JOIN {model._meta.db_table}_first r ON r.{column} = k.source"


STATEMENTS = {
    Claim: copy_rows(
        Claim,
        {
            "id": "k.id",
            "student_id": "k.student",
            "receipt_number": f"CASE r.receipt_number WHEN '' THEN '' ELSE {NUMBER.format('r.receipt_number')} END",
        },
        _of_claim(Claim, "id"),
    ),
    ClaimEvent: copy_rows(
        ClaimEvent,
        {
            "subject_id": "k.id",
            "actor_id": f"CASE r.actor_role WHEN '{Role.STUDENT}' THEN k.person ELSE r.actor_id END",
            "actor_name": f"CASE r.actor_role WHEN '{Role.STUDENT}' THEN k.name ELSE r.actor_name END",
            "after": f"CASE WHEN r.after ? 'receipt' THEN r.after || {RECEIPT} ELSE r.after END",
        },
        _of_claim(ClaimEvent, "subject_id"),
    ),
    Submission: copy_rows(
        Submission,
        {"claim_id": "k.id", "number": NUMBER.format("r.number"), "submitted_by_id": "k.person"},
        _of_claim(Submission),
    ),
    Evidence: copy_rows(Evidence, {"claim_id": "k.id"}, _of_claim(Evidence)),
    Lot: copy_rows(Lot, {"claim_id": "k.id", "student_id": "k.student"}, _of_claim(Lot)),
    LedgerEntry: copy_rows(
        LedgerEntry,
        {
            "lot_id": "w.id",
            "key": "split_part(r.key, ':', 1) || ':' || k.id",
            "reference": "'claim:' || k.id",
        },
        "JOIN credits_lot_first l ON l.claim_id = k.source JOIN credits_ledgerentry_first r ON r.lot_id = l.id "
        "JOIN credits_lot w ON w.claim_id = k.id",
    ),
}


def copy_claims(wanted: int, students: Iterable[int]) -> None:
    """Add so many copies of the claims that are there, turn by turn; each turn passes them to the next students.

    PostgreSQL only, inside a transaction. The tables are written without their indexes and foreign keys, which come
    back, checked, at the end.
    """
    if wanted <= 0:
        return
    with connection.cursor() as cursor, unguarded(STATEMENTS):
        cursor.execute("SET LOCAL work_mem = '256MB'")
        cursor.execute(ROLL, {"students": list(students)})
        for model in STATEMENTS:
            table = model._meta.db_table
            cursor.execute(f'CREATE TEMP TABLE {table}_first ON COMMIT DROP AS TABLE "{table}"')  # our own tables
            cursor.execute(f"ANALYZE {table}_first")
        cursor.execute(COPIED)
        turn, rest = 0, wanted
        while rest:
            turn += 1
            rest -= _turn(cursor, turn, rest)


def _turn(cursor: Any, turn: int, most: int) -> int:
    """Copy every original once, at most so many, and return how many that were."""
    cursor.execute("TRUNCATE copied")
    cursor.execute(TURN, {"turn": turn, "wanted": most})
    copied: int = cursor.rowcount
    cursor.execute("ANALYZE copied")
    for statement in STATEMENTS.values():
        cursor.execute(statement)
    return copied
