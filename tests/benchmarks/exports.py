"""F4: an export of 100,000 rows of 15 columns against the fastest writer of workbooks in the lock, and its memory.

./run bench exports [--rows N] [--most N]

The same rows are written by each writer, each in a process of its own; memory is what that process's peak grew by while
it wrote. `--most` rows are then written in one go by the portal's writer alone. The database is left out: what
reading costs is in `./run bench pages`.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.util
import os
import resource
import subprocess
import sys
import tempfile
import time
from decimal import Decimal

ROWS, MOST = 100_000, 1_000_000
COLUMNS = 15
WORDS = ("信息与电子学院", "计算机学院", "机电学院", "数学与统计学院")
AWARDS = ("一等奖", "二等奖", "三等奖")
BAR, BAR_MEMORY, BAR_MOST = 1.3, 64, 128


def rows(count):
    """Yield rows as an export of claims has them: texts, a number, points, two moments; every text is a new one."""
    moment = dt.datetime(2026, 3, 1, 8, 0, tzinfo=dt.UTC)
    for n in range(count):
        yield (
            f"BIT-2026-{n:07d}",
            "2025-2026",
            WORDS[n % 4],
            2022 + n % 4,
            "电子信息工程",
            f"0{n % 900:03d}2201",
            f"11202{n:06d}",
            f"学生{n}",
            "2026 年春季申报",
            "学科竞赛",
            f"第 {n} 届全国大学生数学建模竞赛 & {AWARDS[n % 3]}",
            Decimal(n % 900) / 100,
            Decimal(n % 700) / 100,
            moment + dt.timedelta(seconds=n),
            moment + dt.timedelta(days=1, seconds=n),
        )


def portal(target, count):
    """Write as the portal does."""
    os.environ.setdefault("PORTAL_MODE", "test")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    import django  # noqa: PLC0415 - the others are measured without it

    django.setup()
    from portal.spreadsheets import ExportColumn, write_xlsx  # noqa: PLC0415 - needs the settings

    kinds = ["text"] * 3 + ["number"] + ["text"] * 7 + ["decimal"] * 2 + ["datetime"] * 2
    columns = [ExportColumn(f"列 {n}", lambda row, n=n: row[n], kind) for n, kind in enumerate(kinds)]
    return lambda: write_xlsx(target, columns, rows(count), title="测量")


def openpyxl(target, count):
    """Write with openpyxl's write-only mode."""
    from openpyxl import Workbook  # noqa: PLC0415 - each writer in a process of its own

    def write():
        book = Workbook(write_only=True)
        sheet = book.create_sheet("测量")
        for row in rows(count):
            sheet.append([value.replace(tzinfo=None) if isinstance(value, dt.datetime) else value for value in row])
        book.save(target)

    return write


WRITERS = {"portal": portal, "openpyxl": openpyxl}


def child(name, count):
    """Write once and print: seconds of processor time, MiB grown, bytes of the file."""
    with tempfile.TemporaryFile() as target:
        write = WRITERS[name](target, count)
        for _row in rows(1000):  # what the rows themselves need is there before the clock starts
            pass
        before, cpu = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
        write()
        cpu = time.process_time() - cpu
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        print(cpu, grown, target.seek(0, os.SEEK_END))


def measure(name, count):
    """Return what a child printed, and print it."""
    arguments = [sys.executable, "-m", "tests.benchmarks.exports", "--child", name, "--rows", str(count)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    cpu, grown, size = (float(text) for text in done.stdout.split())
    print(f"{name:<12} {count:>9,} rows  {cpu:7.2f} s CPU  {grown:6.1f} MiB grown  {size / 1024**2:6.1f} MiB file")
    return cpu, grown


def main():
    """Measure each writer that the lock has, then the portal's with the most rows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--most", type=int, default=MOST)
    parser.add_argument("--child", choices=WRITERS)
    asked = parser.parse_args()
    if asked.child:
        child(asked.child, asked.rows)
        return
    print(f"{COLUMNS} columns")
    found = {name: measure(name, asked.rows) for name in WRITERS if name == "portal" or importlib.util.find_spec(name)}
    fastest = min((name for name in found if name != "portal"), key=lambda name: found[name][0])
    print(f"portal against {fastest}: {found['portal'][0] / found[fastest][0]:.2f} (bar: {BAR})")
    print(f"memory: {found['portal'][1]:.1f} MiB (bar: {BAR_MEMORY})")
    if asked.most:
        print(f"in one go: {measure('portal', asked.most)[1]:.1f} MiB (bar: {BAR_MOST})")


if __name__ == "__main__":
    main()
