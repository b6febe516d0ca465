"""What every test shares: which tests a run takes, the flush of append-only tables, the browser."""

import gc
import shutil
from importlib.util import find_spec

import pytest
from django.db import connection
from django.test import TransactionTestCase
from hypothesis import settings

from tests import template
from tests.parts import PARTS

RARELY = 50_000  # new objects between two looks for garbage

pytest_plugins = ["tests.browsing", "tests.campus"]

# How long one example takes says nothing on two shared cores.
settings.register_profile("project", deadline=None)
settings.load_profile("project")


def pytest_addoption(parser):
    parser.addoption("--part", choices=list(PARTS), help="only the tests of this part (tests/parts.py)")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    for item in items:
        if "page" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
    if part := config.getoption("--part"):
        kept = [item for item in items if PARTS[part](item)]
        config.hook.pytest_deselected(items=list(set(items) - set(kept)))
        items[:] = kept
    spread_long_ones(items, int(getattr(config, "workerinput", {}).get("workercount", 1)))


def spread_long_ones(items, processes):
    """Let every process begin with its part of the long tests: one that takes a long one up last keeps all waiting.

    Each process is dealt one block of the list, and takes from another's end when it is done.
    """
    long, others = [], []
    for item in items:
        takes_long = any(item.iter_markers("browser")) or any(item.iter_markers("long"))
        (long if takes_long else others).append(item)
    # The journeys in a browser are the longest of all.
    long.sort(key=lambda item: "journey.py" not in item.nodeid)
    blocks = []
    for number in range(processes):
        first, end = (len(others) * place // processes for place in (number, number + 1))
        blocks += [*long[number::processes], *others[first:end]]
    items[:] = blocks


@pytest.fixture(scope="session")
def django_db_keepdb():
    """Open the copy of the run's template as it is (PostgreSQL copies by itself)."""
    return template.folder() is not None and connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, django_db_keepdb):
    """Copy the run's template to where this process has its database."""
    if django_db_keepdb:
        shutil.copy(template.file_of(template.EMPTY), connection.settings_dict["TEST"]["NAME"])


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Before the database is dropped, end what a browser's kept-alive connection still holds open."""
    yield
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            others = (
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
            )
            with connection.cursor() as cursor:
                cursor.execute(others, [connection.settings_dict["NAME"]])
            connection.close()


@pytest.fixture(autouse=True)
def _forget_everything():
    """Empty the cache, for ids come again in the next test and mean something else; let go of a request's language."""
    from django.core.cache import cache  # noqa: PLC0415 - once Django is set up
    from django.utils import translation  # noqa: PLC0415 - as above

    cache.clear()
    translation.deactivate()


def pytest_runtest_setup(item):
    if any(item.iter_markers("postgres")) and connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL: SQLite has one writer")


@pytest.hookimpl(trylast=True)
def pytest_collection_finish():
    """Look for garbage rarely, and never among what lives as long as the process: code and the collected tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(RARELY)


def pytest_configure():
    """Let the flush after transactional tests empty the append-only tables.

    Their triggers refuse every DELETE and TRUNCATE, also the test runner's own.
    """
    if find_spec("portal.append_only") is None:
        return
    from portal import append_only  # noqa: PLC0415 - models are importable only once Django is set up

    flush = TransactionTestCase._fixture_teardown  # noqa: SLF001 - the only place where the flush can be wrapped

    def flush_without_triggers(self):
        append_only.remove(connection)
        try:
            flush(self)
        finally:
            append_only.install(connection)

    TransactionTestCase._fixture_teardown = flush_without_triggers  # noqa: SLF001 - as above
