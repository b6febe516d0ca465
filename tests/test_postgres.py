"""The throw-away PostgreSQL leaves nothing behind, however its starter ends."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests import postgres

ROOT = Path(__file__).parents[1]


def servers():
    """Return the process ids of every server in a throw-away folder."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes()
        except OSError:  # ended meanwhile, or not ours to read
            continue
        if b"/postgres\0-D\0" in line and postgres.PREFIX.encode() in line:
            found.add(int(path.parent.name))
    return found


def wait_until(condition):
    deadline = time.monotonic() + 20
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert condition()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_no_server_outlives_its_starter(number):
    command = [sys.executable, "-m", "tests.postgres", "sh", "-c", "echo $DATABASE_URL; exec sleep 60"]
    starter = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert starter.stdout.readline().startswith("postgres://postgres@127.0.0.1:")
    mine = [pid for pid in servers() if int(Path(f"/proc/{pid}/stat").read_text().split()[3]) == starter.pid]
    assert len(mine) == 1
    os.kill(starter.pid, number)
    starter.wait()
    starter.stdout.close()
    wait_until(lambda: mine[0] not in servers())
    postgres.remove_leftovers()
    assert list(Path(tempfile.gettempdir()).glob(f"{postgres.PREFIX}{starter.pid}.*")) == []


def test_root_of_a_closed_home_is_noticed(tmp_path):
    inside = tmp_path / "home" / "project"
    inside.mkdir(parents=True)
    (tmp_path / "home").chmod(0o700)
    assert not postgres.everybody_enters(inside / "program")
