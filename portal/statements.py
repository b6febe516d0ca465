"""Statements that Django builds once per process.

For what every page asks, building the SQL costs several times what the database needs to answer it.
"""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from django.db import connections

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.db.models import QuerySet

    Convert = Callable[[Iterable[Any]], Iterable[Any]]


class KeptStatement:
    """One query with places for values: ``KeptStatement(lambda pk: Thing.objects.filter(pk=pk).values_list("x"), 1)``.

    ``examples`` are values of the right types, all different, that stand in the places while the SQL is built. Rows
    come as Django gives them.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], *examples: object) -> None:
        self.build, self.examples = build, [str(example) for example in examples]

    @cached_property
    def _built(self) -> tuple[str, str, list[tuple[int, object]], Convert]:
        """Return database, SQL, each parameter's place among the values, or -1 and a constant, and what reads rows."""
        queryset = self.build(*self.examples)
        compiler = queryset.query.get_compiler(queryset.db)
        sql, parameters = compiler.as_sql()
        places = [
            (self.examples.index(str(value)) if str(value) in self.examples else -1, value) for value in parameters
        ]
        converters = compiler.get_converters([column for column, *_names in compiler.select])
        return queryset.db, sql, places, partial(compiler.apply_converters, converters=converters)

    def rows(self, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows for these values."""
        alias, sql, places, convert = self._built
        # Dates as text: both databases compare them rightly, and SQLite's driver knows no others.
        given: list[Any] = [constant if place < 0 else _plain(values[place]) for place, constant in places]
        with connections[alias].cursor() as cursor:
            cursor.execute(sql, given)
            return [tuple(row) for row in convert(cursor.fetchall())]


def _plain(value: object) -> object:
    return value if isinstance(value, int) else str(value)
