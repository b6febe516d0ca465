"""One migrated database that the processes of a run copy: migrations run once, not in each process.

    python -m tests.template FILE     migrate a database; FILE becomes SQLite's, of PostgreSQL it is on the server

The run names it in TEST_TEMPLATE: on PostgreSQL the database's name, on SQLite its file.
"""

import os
import shutil
import sys
from pathlib import Path

VARIABLE = "TEST_TEMPLATE"
# What Django calls the test database of the server's first database.
ON_POSTGRES = "test_postgres"


def named() -> str:
    """Return the template that this run copies, or "" when each process migrates a database of its own."""
    return os.environ.get(VARIABLE, "")


def main() -> None:
    """Migrate one test database of the engine in DATABASE_URL, and leave it."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django  # noqa: PLC0415 - the settings must be named first

    django.setup()
    from django.db import connection  # noqa: PLC0415 - as above

    connection.creation.create_test_db(verbosity=0, serialize=False)
    if connection.vendor == "sqlite":
        connection.close()
        shutil.copy(connection.settings_dict["NAME"], Path(sys.argv[1]))


if __name__ == "__main__":
    main()
