"""What the filters of 申报审核 offer by name: rounds, categories, colleges, in one statement.

The statement is built once: on every page of the queue, Django took five times longer to build the three questions than
the database to answer them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django.db import connections, router

from credits.models import Category

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.standing_types import Power

    Choices = dict[str, list[tuple[int, str]]]

CHOICES_SHOWN = 60
COLLEGES = "SELECT 'college' AS kind, id, name, row_number() OVER (ORDER BY code) AS place FROM portal_college"
CATEGORIES = """
SELECT 'category' AS kind, r.id, r.name, row_number() OVER (ORDER BY s.code, r.position) AS place
FROM credits_category r JOIN credits_scheme s ON s.id = r.scheme_id
"""
ROUNDS = """
SELECT 'round' AS kind, r.id, r.name, row_number() OVER (ORDER BY r.academic_year DESC, r.id DESC) AS place
FROM credits_round r JOIN credits_scheme s ON s.id = r.scheme_id
"""

REACHED = "WHERE s.code IN ({}) OR s.id IN (SELECT scheme_id FROM credits_coverage WHERE college_id IN ({}))"


def offered(powers: Iterable[Power], *, colleges: bool) -> Choices:
    """Return rounds and categories of the schemes that the appointments are for, or that cover their colleges.

    An appointment for neither a scheme nor a college reaches all. ``colleges`` adds every college.
    """
    codes, covered, everywhere = {""}, {0}, False
    for power in powers:
        if power.scheme_code:
            codes.add(power.scheme_code)
        elif power.college_id is not None:
            covered.add(power.college_id)
        else:
            everywhere = True
    reach: list[str | int] = [] if everywhere else [*sorted(codes), *sorted(covered)]
    found: Choices = {"round": [], "category": [], "college": []}
    with connections[router.db_for_read(Category)].cursor() as cursor:
        cursor.execute(_statement(len(codes), len(covered), everywhere, colleges), [*reach, *reach, CHOICES_SHOWN])
        for kind, key, name in cursor.fetchall():
            found[kind].append((key, name))
    return found


@lru_cache(maxsize=64)
def _statement(codes: int, covered: int, everywhere: bool, colleges: bool) -> str:  # noqa: FBT001 - the cache's key is positional
    where = "" if everywhere else REACHED.format(_marks(codes), _marks(covered))
    parts = [CATEGORIES + where, ROUNDS + where, *([COLLEGES] if colleges else [])]
    return f"SELECT kind, id, name FROM ({' UNION ALL '.join(parts)}) AS offered WHERE place <= %s ORDER BY kind, place"  # noqa: S608 - our own tables


def _marks(number: int) -> str:
    return ", ".join(["%s"] * number)
