"""The whole suite: each test on one engine, and what an engine decides on both (tests/parts.py).

    python -m tests.suites [--on postgres|sqlite] [pytest's arguments]

``--on postgres`` runs every test there, ``--on sqlite`` every one that touches the database, without the browser.
Arguments that are not ours go to pytest. The first run that fails is the last, so the output always ends with the
summary that decides.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile

from portal.processes import die_with_parent, stop
from tests import template
from tests.postgres import NoPostgresError, run, stop_on_signals, throw_away_server

NO_TESTS_COLLECTED = 5
# Each engine plays a quarter of the machines' runs, and a form is sent ten times instead of fifty: one engine alone
# (--on) does all of it.
SHORT = {"MACHINE_PART": "4", "REPLAYS": "10"}
CORES = os.cpu_count() or 2
# Results must not depend on where and when a developer works.
# Compiled files are kept: a third of a process's start is the compiling of tests.
NEUTRAL = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "random", "PYTHONDONTWRITEBYTECODE": ""}


def pytest(arguments: list[str], database: str, **environment: str) -> int:
    """Run pytest against the database ("" is SQLite) and return its exit code."""
    # More processes than cores: some always wait for Chromium or for the database.
    # worksteal: a process that ran out of tests takes over some that wait behind a long one.
    arguments = ["-n", str(CORES + 2), "--dist", "worksteal", *arguments]
    with tempfile.TemporaryDirectory(prefix="portal-template.") as folder:
        surroundings = {**NEUTRAL, **environment, "DATABASE_URL": database}
        code = run([sys.executable, "-m", "tests.template", folder], surroundings)
        command = [sys.executable, "-m", "pytest", *arguments]
        return code or run(command, {**surroundings, template.VARIABLE: folder})


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
    """Run each engine's part, side by side: what waits for Chromium on the one leaves its core to the other.

    SQLite's output follows PostgreSQL's.
    """
    beside = [sys.executable, "-m", "tests.suites", "--on", "sqlite", "--part", "sqlite", "-n", str(CORES)]
    with tempfile.TemporaryFile() as output:
        sqlite = subprocess.Popen(
            beside,
            env={**os.environ, **SHORT},
            stdout=output,
            stderr=output,
            preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - there are no threads yet
        )
        try:
            if code := on_postgres(["--part", "postgres", "-n", str(CORES + 1)], **SHORT):
                return code
            code = sqlite.wait()
            output.seek(0)
            shutil.copyfileobj(output, sys.stdout.buffer)
            return code
        finally:
            stop(sqlite)


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
