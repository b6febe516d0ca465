"""The whole suite: each test on one engine, and what an engine decides on both (tests/parts.py).

    python -m tests.suites [--on postgres|sqlite] [pytest's arguments]

``--on postgres`` runs every test there, ``--on sqlite`` every one that touches the database, without the browser.
Arguments that are not ours go to pytest. The first run that fails is the last, so the output always ends with the
summary that decides.
"""

import argparse
import os
import sys
import tempfile

from tests import template
from tests.postgres import NoPostgresError, run, stop_on_signals, throw_away_server

NO_TESTS_COLLECTED = 5
# Each engine plays a quarter of the machines' runs, and a form is sent ten times instead of fifty: one engine alone
# (--on) does all of it.
SHORT = {"MACHINE_PART": "4", "REPLAYS": "10"}
PROCESSES = str((os.cpu_count() or 2) + 2)
# Results must not depend on where and when a developer works.
# Compiled files are kept: a third of a process's start is the compiling of tests.
NEUTRAL = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "random", "PYTHONDONTWRITEBYTECODE": ""}


def pytest(arguments: list[str], database: str, **environment: str) -> int:
    """Run pytest against the database ("" is SQLite) and return its exit code."""
    with tempfile.TemporaryDirectory(prefix="portal-template.") as folder:
        surroundings = {**NEUTRAL, **environment, "DATABASE_URL": database}
        code = run([sys.executable, "-m", "tests.template", folder], surroundings)
        return code or run_pytest(arguments, {**surroundings, template.VARIABLE: folder})


def run_pytest(arguments: list[str], environment: dict[str, str]) -> int:
    """Run pytest in several processes and return its exit code."""
    # More processes than cores: some always wait for Chromium or for the database.
    # worksteal: a process that ran out of tests takes over some that wait behind a long one.
    command = [sys.executable, "-m", "pytest", "-n", PROCESSES, "--dist", "worksteal", *arguments]
    return run(command, environment)


def on_postgres(arguments: list[str], **environment: str) -> int:
    """Run tests on a throw-away PostgreSQL."""
    print("== PostgreSQL", flush=True)
    with throw_away_server() as address:
        return pytest(arguments, address, **environment)


def on_sqlite(arguments: list[str], **environment: str) -> int:
    """Run tests on SQLite."""
    print("== SQLite", flush=True)
    return pytest(arguments, "", **environment)


def on_sqlite_what_touches_it(arguments: list[str]) -> int:
    """Run on SQLite what touches the database, without the browser."""
    code = on_sqlite(["--part", "database", *arguments])
    # A selection by name may hold no such test.
    return 0 if code == NO_TESTS_COLLECTED and arguments else code


def on_both() -> int:
    """Run each engine's part."""
    return on_postgres(["--part", "postgres"], **SHORT) or on_sqlite(["--part", "sqlite"], **SHORT)


def main() -> int:
    """Run the suites that were asked for, until one fails; return its exit code."""
    parser = argparse.ArgumentParser(prog="./run test", description=__doc__.split("\n\n")[0], add_help=False)
    parser.add_argument("--on", choices=["postgres", "sqlite"])
    options, arguments = parser.parse_known_args()
    if options.on:
        return {"postgres": on_postgres, "sqlite": on_sqlite_what_touches_it}[options.on](arguments)
    return (on_postgres(arguments) or on_sqlite_what_touches_it(arguments)) if arguments else on_both()


if __name__ == "__main__":
    stop_on_signals()
    try:
        sys.exit(main())
    except NoPostgresError as problem:
        sys.exit(str(problem))
    except KeyboardInterrupt:
        sys.exit(130)
