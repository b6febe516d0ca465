"""Tables without their indexes and foreign keys while millions of rows come in; PostgreSQL only."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import Model

# Foreign keys, and the indexes that are no constraint's: checks, keys and triggers stay.
KEYS = """
SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
       format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))
FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text = ANY(%(tables)s)
"""
INDEXES = """
SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
FROM pg_index i WHERE indrelid::regclass::text = ANY(%(tables)s)
AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype <> 'f')
"""


@contextmanager
def unguarded(models: Iterable[type[Model]]) -> Iterator[None]:
    """Drop the foreign keys and indexes of the models' tables, and make them anew, checked, on leaving.

    Inside one transaction: who leaves by an exception rolls it back, and with it the dropping.
    """
    tables = [model._meta.db_table for model in models]
    with connection.cursor() as cursor:
        # What waits to be checked at the commit would keep the tables from being altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        made: list[str] = []
        for query in (KEYS, INDEXES):
            cursor.execute(query, {"tables": tables})
            for drop, make in cursor.fetchall():
                cursor.execute(drop)
                made.insert(0, make)  # indexes before keys
        yield
        for make in made:
            cursor.execute(make)
        cursor.execute(f"ANALYZE {', '.join(tables)}")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
