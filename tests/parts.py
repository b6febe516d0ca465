"""Which tests a run on both engines gives to which: each test runs on one, what an engine decides runs on both.

PostgreSQL, the engine of a university, takes what goes through whole pages: the browser, and the journeys that open
every address and carry out every verb in every role. SQLite takes the parts one by one.
"""

from __future__ import annotations

import re
from typing import Any

# What the engine decides: constraints, triggers, locks, order and money. That each verb acts is shown by the journeys.
ENGINE = re.compile(
    "machine|double_spend|append_only|races|test_counting|test_queues|test_cancelled|test_undoing|test_searching"
    "|conversion/test_services|test_services_claims"
)
# One engine is enough to show that the machines find what was planted for them.
ONCE = re.compile("planted_bug")
# Fixtures that open the database; a test that reaches none of them behaves alike on every engine.
DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_setup"}


def opens_pages(item: Any) -> bool:
    """Say whether the test drives a browser or goes through whole pages in every role."""
    return any(item.iter_markers("browser")) or "tests/journeys/" in item.nodeid


def is_decided_by_the_engine(item: Any) -> bool:
    """Say whether the engine decides how the test ends."""
    return bool(ENGINE.search(item.nodeid)) and not ONCE.search(item.nodeid)


def touches_database(item: Any) -> bool:
    """Say whether the test opens the database."""
    marked = any(item.iter_markers("django_db"))
    return marked or bool(DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())))


def on_postgres(item: Any) -> bool:
    """PostgreSQL's part: pages, what an engine decides, and what needs two writers."""
    if ONCE.search(item.nodeid):
        return False
    return opens_pages(item) or is_decided_by_the_engine(item) or any(item.iter_markers("postgres"))


def on_sqlite(item: Any) -> bool:
    """SQLite's part: what is left, and what an engine decides once more."""
    if any(item.iter_markers("browser")) or any(item.iter_markers("postgres")):
        return False
    return is_decided_by_the_engine(item) or not on_postgres(item)


# What ``--part`` may be; "database" is all that touches the database, without the browser.
PARTS = {
    "postgres": on_postgres,
    "sqlite": on_sqlite,
    "database": lambda item: touches_database(item) and not any(item.iter_markers("browser")),
}
