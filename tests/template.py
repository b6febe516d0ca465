"""What the processes of a run copy instead of making it again: one migrated database, and the journeys' portals.

    python -m tests.template FOLDER     migrate a database; FOLDER keeps what belongs to the run

The run names its folder in TEST_TEMPLATE. SQLite's databases are files in it, PostgreSQL's are on the server.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VARIABLE = "TEST_TEMPLATE"
# What Django calls the test database of the server's first database.
EMPTY = "test_postgres"


def folder() -> Path | None:
    """Return the run's folder, or None when each process migrates a database of its own."""
    named = os.environ.get(VARIABLE, "")
    return Path(named) if named else None


def file_of(name: str) -> Path:
    """Return the file of a database of the run on SQLite."""
    return Path(os.environ[VARIABLE]) / f"{name}.sqlite3"


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Let one process of the run after the other in."""
    with (Path(os.environ[VARIABLE]) / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def copy_database(source: str, name: str) -> None:
    """Make a database of the run that begins as a copy of another, to which nobody is connected."""
    from django.db import connection  # noqa: PLC0415 - once Django is set up

    if connection.vendor == "sqlite":
        shutil.copy(file_of(source), file_of(name))
        return
    # A transaction cannot make a database: the connection is the server's own, as for Django's test databases.
    with connection._nodb_cursor() as cursor:  # noqa: SLF001 - Django's own way to make a test database
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')


@contextmanager
def connected_to(name: str) -> Iterator[None]:
    """Let everything inside, the live server's threads too, work in another database of the run."""
    from django.db import connection  # noqa: PLC0415 - once Django is set up

    own = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = str(file_of(name)) if connection.vendor == "sqlite" else name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own


def main() -> None:
    """Migrate one test database of the engine in DATABASE_URL, and leave it."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    os.environ[VARIABLE] = sys.argv[1]
    import django  # noqa: PLC0415 - the settings must be named first

    django.setup()
    from django.db import connection  # noqa: PLC0415 - as above

    # Django's own name for it would make this database a copy of itself.
    connection.settings_dict["TEST"]["TEMPLATE"] = None
    connection.creation.create_test_db(verbosity=0, serialize=False)
    if connection.vendor == "sqlite":
        connection.close()
        shutil.copy(connection.settings_dict["NAME"], file_of(EMPTY))


if __name__ == "__main__":
    main()
