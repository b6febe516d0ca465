"""The demo's two servers: started together, restarted when they die, stopped together."""

import multiprocessing
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import partial
from multiprocessing.context import ForkProcess
from types import FrameType
from typing import Self

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections
from gunicorn.app.wsgiapp import WSGIApplication

from portal.processes import STOP_SECONDS, die_with_parent

READY_SECONDS = 60
RESTART_PAUSE_SECONDS = 1.0
SHORT_LIFE_SECONDS = 5.0
SHORT_LIVES_ALLOWED = 5
SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
FORK = multiprocessing.get_context("fork")


class Stopped(BaseException):
    """The demo was asked to end; not an Exception, so that no handler takes it for a fault."""


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def refuse_busy_port(port: int) -> None:
    """Raise CommandError when something listens on the port already."""
    with socket.socket() as probe:
        # As the server does, so that connections of an earlier run that are still closing do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as problem:
            raise CommandError(f"Port {port} is not free ({problem.strerror}). Choose another: --port N.") from problem


class Server:
    """One program that must keep running.

    It is forked, not started anew: the imports that this process has made are not made a second and a third time.
    """

    def __init__(self, name: str, program: Callable[[], object]) -> None:
        self.name = name
        self.program = program
        self.short_lives = 0
        self.process: ForkProcess | None = None
        self.started = 0.0

    def start(self) -> None:
        """Start the program."""
        # A connection cannot be shared by two processes.
        connections.close_all()
        self.started = time.monotonic()
        self.process = FORK.Process(target=self._live, args=(die_with_parent(),), name=self.name)
        self.process.start()

    def _live(self, ask_kernel: Callable[[], None]) -> None:
        """Be the child: in its own session, so that Ctrl-C reaches only the parent, and without its handlers."""
        os.setsid()
        for number in SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        ask_kernel()
        os.environ["HOME"] = str(settings.DATA_DIR)  # gunicorn wants a home that it can write to
        self.program()

    def keep_running(self) -> None:
        """Start the program again if it ended; raise CommandError when it keeps ending at once."""
        if self.process is None or self.process.is_alive():
            return
        code = self.process.exitcode
        short = time.monotonic() - self.started < SHORT_LIFE_SECONDS
        self.short_lives = self.short_lives + 1 if short else 0
        if self.short_lives > SHORT_LIVES_ALLOWED:
            raise CommandError(f"The {self.name} ended {self.short_lives} times at once (exit code {code}).")
        sys.stderr.write(f"The {self.name} ended (exit code {code}); starting it again.\n")
        time.sleep(RESTART_PAUSE_SECONDS)
        self.start()

    def stop(self) -> None:
        """End the program, by force if it does not follow."""
        if self.process is None:
            return
        self.process.terminate()
        self.process.join(STOP_SECONDS)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


def serve(port: int) -> None:
    """Serve pages until a signal ends it."""
    sys.argv = ["gunicorn", "-c", "python:portal.webserver", "--bind", f"127.0.0.1:{port}"]
    sys.argv += ["--log-level", "warning", "portal.wsgi"]
    WSGIApplication("%(prog)s [OPTIONS] [APP_MODULE]", prog="gunicorn").run()


class Demo:
    """The web server and the job worker of one demo."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        web = Server("web server", partial(serve, port))
        worker = Server("job worker", partial(call_command, "work"))
        self.servers = [web, worker]

    def __enter__(self) -> Self:
        """Start both; on leaving, stop both, also after a signal."""
        for number in SIGNALS:
            signal.signal(number, leave)
        for server in self.servers:
            server.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop both."""
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        for server in self.servers:
            server.stop()

    def wait_until_ready(self) -> None:
        """Return once a page answers; raise CommandError when none does."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            if answers(self.address):
                return
            for server in self.servers:
                server.keep_running()
            time.sleep(0.05)
        raise CommandError(f"No page answered within {READY_SECONDS} seconds.")

    def run(self) -> None:
        """Keep both running until a signal ends us."""
        while True:
            time.sleep(0.5)
            for server in self.servers:
                server.keep_running()


def leave(_number: int, _frame: FrameType | None) -> None:
    """Turn a signal into an exception, so that the servers are stopped on the way out."""
    raise Stopped


def answers(address: str) -> bool:
    """Say whether the first page comes without an error."""
    try:
        with urllib.request.urlopen(f"{address}/", timeout=10):  # noqa: S310 - our own http address
            return True
    except urllib.error.HTTPError as problem:
        raise CommandError(f"{address}/ answers {problem.code}; the server's messages are above.") from problem
    except OSError:
        return False
