"""The whole suite on PostgreSQL, then the part that touches the database on SQLite as well.

    python -m tests.suites [--on postgres|sqlite] [pytest's arguments]

Without arguments SQLite runs what the engine decides (ENGINE); ``--on sqlite`` runs everything that touches the
database. Arguments that are not ours go to pytest. The first run that fails is the last, so
the output always ends with the summary that decides.
"""

import argparse
import os
import sys

from tests.postgres import NoPostgresError, run, stop_on_signals, throw_away_server

NO_TESTS_COLLECTED = 5
# What the engine decides: constraints, triggers, locks, order and money. Everything above them asks these services.
ENGINE = (
    "test_services or machine or double_spend or append_only or test_counting or test_queues or test_cancelled"
    " or test_undoing or test_batch_results or test_lists or test_objections or test_scoring or test_recording"
)
# Each engine plays a quarter of the machines' runs, SQLite finds the bugs that are planted for them, a form is sent ten
# times instead of fifty: one engine alone (--on) does all of it.
SHORT = {"MACHINE_PART": "4", "REPLAYS": "10"}
PROCESSES = str((os.cpu_count() or 2) + 2)
# Results must not depend on where and when a developer works.
NEUTRAL = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "random"}


def pytest(arguments: list[str], database: str, **environment: str) -> int:
    """Run pytest against the database ("" is SQLite) and return its exit code."""
    # More processes than cores: some always wait for Chromium or for the database.
    # worksteal: a process that ran out of tests takes over some that wait behind a long one.
    command = [sys.executable, "-m", "pytest", "-n", PROCESSES, "--dist", "worksteal", *arguments]
    return run(command, {**NEUTRAL, **environment, "DATABASE_URL": database})


def on_postgres(arguments: list[str], **environment: str) -> int:
    """Run everything on a throw-away PostgreSQL."""
    print("== PostgreSQL, all tests", flush=True)
    with throw_away_server() as address:
        return pytest(arguments, address, **environment)


def on_sqlite(arguments: list[str], **environment: str) -> int:
    """Run the tests that touch the database on SQLite."""
    print("== SQLite, the tests that touch the database", flush=True)
    code = pytest(["--database-part", *arguments], "", **environment)
    # A selection by name may hold no such test.
    return 0 if code == NO_TESTS_COLLECTED and arguments else code


def on_both() -> int:
    """Run everything on PostgreSQL, then on SQLite what the engine decides."""
    return on_postgres(["-k", "not planted_bug"], **SHORT) or on_sqlite(["-k", ENGINE], **SHORT)


def main() -> int:
    """Run the suites that were asked for, until one fails; return its exit code."""
    parser = argparse.ArgumentParser(prog="./run test", description=__doc__.split("\n\n")[0], add_help=False)
    parser.add_argument("--on", choices=["postgres", "sqlite"])
    options, arguments = parser.parse_known_args()
    if options.on:
        return {"postgres": on_postgres, "sqlite": on_sqlite}[options.on](arguments)
    return (on_postgres(arguments) or on_sqlite(arguments)) if arguments else on_both()


if __name__ == "__main__":
    stop_on_signals()
    try:
        sys.exit(main())
    except NoPostgresError as problem:
        sys.exit(str(problem))
    except KeyboardInterrupt:
        sys.exit(130)
