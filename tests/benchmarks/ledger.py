"""How long the proof of the ledger takes, and the generator before it.

./run bench ledger [--claims 1000000]
"""

from __future__ import annotations

import argparse

from tests.benchmarks.portal import make_database, manage, prepare, use


def main() -> None:
    """Make the data, prove the books, print the seconds."""
    parser = argparse.ArgumentParser(prog="./run bench ledger", description=__doc__.splitlines()[0])
    parser.add_argument("--claims", type=int, default=1_000_000)
    parser.add_argument("--students", type=int, default=40_000)
    parser.add_argument("--colleges", type=int, default=30)
    parser.add_argument("--files", type=int, default=50)
    asked = parser.parse_args()
    prepare()
    name = make_database(asked.claims, students=asked.students, colleges=asked.colleges, files=asked.files)
    use(name)
    from credits.models import Claim, LedgerEntry  # noqa: PLC0415 - models need the settings

    entries = LedgerEntry.objects.count()
    seconds = manage("check_ledger", database=name)
    print(f"check_ledger: {Claim.objects.count():,} claims, {entries:,} entries, {seconds:.1f} s with start-up")


if __name__ == "__main__":
    main()
