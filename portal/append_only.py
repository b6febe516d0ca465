"""Database triggers that refuse UPDATE and DELETE on the rows that must never change.

PostgreSQL and SQLite both get them. SQLite drops a table's triggers when Django rebuilds the table, so they are put
back after every migrate (``portal.apps``); PostgreSQL keeps them and gets the same idempotent call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models import Model

PREFIX = "append_only"


def append_only_models() -> list[type[Model]]:
    """Return the models that declare ``append_only = True`` or are events."""
    from portal.models import EventBase  # noqa: PLC0415 - the app registry must be ready first

    return [m for m in apps.get_models() if issubclass(m, EventBase) or getattr(m, "append_only", False)]


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers for every append-only table that exists."""
    with connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
        for model in append_only_models():
            table = model._meta.db_table
            if table in existing:
                for statement in _create(connection.vendor, table):
                    cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop the triggers: only for the flush of transactional tests and for restoring a dump."""
    with connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
        for model in append_only_models():
            table = model._meta.db_table
            if table in existing:
                for statement in _drop(connection.vendor, table):
                    cursor.execute(statement)


def _create(vendor: str, table: str) -> list[str]:
    """Return the statements that make the table append-only."""
    if vendor == "sqlite":
        return [
            f'CREATE TRIGGER IF NOT EXISTS "{PREFIX}_{verb}_{table}" BEFORE {verb} ON "{table}" '
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    function = (
        f"CREATE OR REPLACE FUNCTION {PREFIX}() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    return [
        function,
        *_drop(vendor, table),
        f'CREATE TRIGGER {PREFIX}_row BEFORE UPDATE OR DELETE ON "{table}" FOR EACH ROW EXECUTE FUNCTION {PREFIX}()',
        f'CREATE TRIGGER {PREFIX}_table BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT EXECUTE FUNCTION {PREFIX}()',
    ]


def _drop(vendor: str, table: str) -> list[str]:
    """Return the statements that lift the guard."""
    if vendor == "sqlite":
        return [f'DROP TRIGGER IF EXISTS "{PREFIX}_{verb}_{table}"' for verb in ("UPDATE", "DELETE")]
    return [f'DROP TRIGGER IF EXISTS {PREFIX}_{scope} ON "{table}"' for scope in ("row", "table")]
