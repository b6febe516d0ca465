"""Writes many rows fast: COPY on PostgreSQL, executemany on SQLite.

Keys are given out here, so rows can refer to rows that are not written yet.
"""

from __future__ import annotations

import datetime
import io
import json
from decimal import Decimal
from typing import Any

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Max, Model

BATCH = 20_000


class Sheet:
    """The rows of one table on their way into the database; columns that are not named take the model's default."""

    def __init__(self, model: type[Model], *columns: str) -> None:
        self.model = model
        defaults = {
            field.attname: field.get_default()
            for field in model._meta.concrete_fields
            if field.attname not in columns
            and (field.has_default() or (field.empty_strings_allowed and not field.null))
        }
        self.columns = ("id", *columns, *defaults)
        self.defaults = tuple(defaults.values())
        self.next_id = (model._base_manager.aggregate(last=Max("pk"))["last"] or 0) + 1
        self.rows: list[tuple[Any, ...]] = []

    def add(self, *values: Any) -> int:
        """Take one row in and return its key."""
        key = self.next_id
        self.next_id += 1
        self.rows.append((key, *values, *self.defaults))
        return key

    def flush(self) -> None:
        """Write what has been taken in."""
        if not self.rows:
            return
        rows, self.rows = self.rows, []
        if connection.vendor == "postgresql":
            self._copy(rows)
        else:
            self._insert(rows)

    def finish(self) -> None:
        """Write the rest and let the database go on counting behind the last key."""
        self.flush()
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), [self.model]):
                cursor.execute(statement)

    def _copy(self, rows: list[tuple[Any, ...]]) -> None:
        text = io.StringIO()
        for row in rows:
            text.write("\t".join(map(_copied, row)) + "\n")
        text.seek(0)
        names = ", ".join(f'"{name}"' for name in self.columns)
        with connection.cursor() as cursor:
            cursor.copy_expert(f'COPY "{self.model._meta.db_table}" ({names}) FROM STDIN', text)

    def _insert(self, rows: list[tuple[Any, ...]]) -> None:
        names = ", ".join(f'"{name}"' for name in self.columns)
        marks = ", ".join(["%s"] * len(self.columns))
        statement = f'INSERT INTO "{self.model._meta.db_table}" ({names}) VALUES ({marks})'  # noqa: S608 - names of our own tables
        with connection.cursor() as cursor:
            cursor.executemany(statement, [tuple(map(_stored, row)) for row in rows])


def flush_all(sheets: list[Sheet], *, size: int = BATCH) -> None:
    """Write the sheets in their order (parents first) once any of them is full."""
    if any(len(sheet.rows) >= size for sheet in sheets):
        for sheet in sheets:
            sheet.flush()


def _stored(value: Any) -> Any:
    """Return a value as SQLite stores it."""
    if isinstance(value, datetime.datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value * 100)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return value


def _copied(value: Any) -> str:
    """Return a value as COPY reads it."""
    if value is None:
        return r"\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(int(value * 100))
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
