"""Statements that Django builds once per process.

For what every page asks, building the SQL costs several times what the database needs to answer it.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db import connections

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet


class KeptStatement:
    """One query with places for values: ``KeptStatement(lambda pk: Thing.objects.filter(pk=pk).values_list("x"), 1)``.

    ``examples`` are values of the right types, all different, that stand in the places while the SQL is built. Rows
    come as the driver gives them, so the columns have to be plain numbers and texts.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], *examples: object) -> None:
        self.build, self.examples = build, [str(example) for example in examples]

    @cached_property
    def _built(self) -> tuple[str, str, list[tuple[int, object]]]:
        """Return the database, the SQL, and for each parameter its place among the values, or -1 and a constant."""
        queryset = self.build(*self.examples)
        sql, parameters = queryset.query.get_compiler(queryset.db).as_sql()
        places = [
            (self.examples.index(str(value)) if str(value) in self.examples else -1, value) for value in parameters
        ]
        return queryset.db, sql, places

    def rows(self, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows for these values."""
        alias, sql, places = self._built
        # Dates as text: both databases compare them rightly, and SQLite's driver knows no others.
        given: list[Any] = [constant if place < 0 else _plain(values[place]) for place, constant in places]
        with connections[alias].cursor() as cursor:
            cursor.execute(sql, given)
            return list(cursor.fetchall())


def _plain(value: object) -> object:
    return value if isinstance(value, int) else str(value)
