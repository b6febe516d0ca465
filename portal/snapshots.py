"""Reading several times what stood at one moment, while others go on writing."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction


@contextmanager
def snapshot() -> Iterator[None]:
    """Let every query inside see the database as it was at the first one; nothing may be written inside.

    Inside a caller's transaction it does nothing: what that one sees is the caller's to say.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
    else:
        # Django's own transactions take SQLite's only write lock at once, and everybody else would wait for the report.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


def at_one_moment(rows: Callable[[], Iterable[Any]]) -> Iterator[Any]:
    """Yield the rows as they stood at one moment.

    They are read to the end first, into a file: the snapshot is short however slowly they are used, and memory does
    not grow with them.
    """
    with tempfile.TemporaryFile() as spool:
        with snapshot():
            for row in rows():
                pickle.dump(row, spool)
        spool.seek(0)
        while True:
            try:
                yield pickle.load(spool)  # noqa: S301 - written by us, a moment ago, into a file without a name
            except EOFError:
                return
