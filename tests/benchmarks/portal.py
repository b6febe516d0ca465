"""The portal as production runs it, in this process, on databases of a throw-away server.

Figures are ratios within one run: processor time of this process plus that of its database connection, so that
neither other programs nor the network count.
"""

from __future__ import annotations

import atexit
import gc
import io
import os
import secrets
import subprocess
import sys
import tempfile
import time
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.backends.base.base import BaseDatabaseWrapper

SERVER = os.environ.get("DATABASE_URL", "")
HOST = "portal.example.edu"
# The kernel writes a process's time down when it leaves the processor: let the database go to sleep first.
SETTLE_SECONDS = 0.001


def prepare() -> None:
    """Set this process up as production, with its files in a temporary folder; call it before any import of a model."""
    if not SERVER:
        sys.exit("There is no DATABASE_URL: ./run bench starts a server.")
    folder = tempfile.TemporaryDirectory(prefix="portal-bench.")
    atexit.register(folder.cleanup)
    os.environ.update(
        DJANGO_SETTINGS_MODULE="portal.settings",
        PORTAL_MODE="production",
        DATA_DIR=folder.name,
        STATIC_ROOT=f"{folder.name}/static",
        SECRET_KEY=secrets.token_hex(32),
        ALLOWED_HOSTS=HOST,
        SECURE_SSL_REDIRECT="false",
        LOG_LEVEL="ERROR",
    )
    import django  # noqa: PLC0415 - reads the environment above

    manage("collectstatic", "--noinput", "--verbosity", "0")
    django.setup()


def manage(*arguments: str, database: str = "") -> float:
    """Run a management command on a database of the server and return how many seconds it took."""
    environment = {**os.environ, "DATABASE_URL": address(database)} if database else dict(os.environ)
    began = time.monotonic()
    command = [sys.executable, "manage.py", *arguments]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL, cwd=Path(__file__).parents[2])
    return time.monotonic() - began


def address(database: str) -> str:
    """Return the address of one of the server's databases."""
    server = urlsplit(SERVER)
    return urlunsplit((server.scheme, server.netloc, f"/{database}", server.query, ""))


def make_database(claims: int, *, students: int, colleges: int, files: int, scheme: str = "bit") -> str:
    """Return the name of a database with so many invented claims; one that the server has already is taken."""
    name = f"portal_{claims}_{students}_{colleges}_{scheme}"
    if name in databases():
        return name
    from django.db import connection  # noqa: PLC0415 - needs the settings

    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}_new")
    manage("migrate", "--verbosity", "0", database=f"{name}_new")
    sizes = {"students": students, "colleges": colleges, "claims": claims, "files": files}
    options = [f"--scheme={scheme}", *(f"--{key}={value}" for key, value in sizes.items())]
    taken = manage("load_demo", *options, database=f"{name}_new")
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {name}_new RENAME TO {name}")
    print(f"loaded {claims:,} claims of {students:,} students in {taken:.0f} s", flush=True)
    use(name)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (FREEZE, ANALYZE)")
    return name


def databases() -> list[str]:
    """Return the names of the server's databases."""
    from django.db import connection  # noqa: PLC0415 - needs the settings

    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        return [name for (name,) in cursor.fetchall()]


_opened: dict[str, BaseDatabaseWrapper] = {}


def use(name: str) -> None:
    """Let everything that follows speak to this database of the server."""
    from django.db import connections  # noqa: PLC0415 - needs the settings

    if name not in _opened:
        wrapper = connections.create_connection("default")
        # Kept as in production, but for the whole run: reconnecting now and then would blur the figures.
        wrapper.settings_dict = {**wrapper.settings_dict, "NAME": name, "CONN_MAX_AGE": None}
        _opened[name] = wrapper
    connections["default"] = _opened[name]


def settle() -> None:
    """Do what the web server does before it forks its workers."""
    gc.collect()
    gc.freeze()


def backend_nanoseconds() -> int:
    """Return the processor time of the database's process behind the present connection."""
    from django.db import connection  # noqa: PLC0415 - needs the settings

    connection.ensure_connection()
    pid = connection.connection.info.backend_pid
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])


def cost(action: Callable[[], object], times: int) -> tuple[float, float]:
    """Return the milliseconds of processor time per call, of this process and of the database."""
    time.sleep(SETTLE_SECONDS)
    database, web = backend_nanoseconds(), time.process_time_ns()
    for _time in range(times):
        action()
    web = time.process_time_ns() - web
    time.sleep(SETTLE_SECONDS)
    database = backend_nanoseconds() - database
    return web / times / 1e6, database / times / 1e6


class Visitor:
    """A signed-in person whose requests go straight into the WSGI application."""

    def __init__(self, person: Any) -> None:
        from django.contrib.auth import login  # noqa: PLC0415 - needs the settings
        from django.contrib.sessions.backends.db import SessionStore  # noqa: PLC0415 - as above
        from django.http import HttpRequest  # noqa: PLC0415 - as above

        request = HttpRequest()
        request.session = SessionStore()
        login(request, person, backend="django.contrib.auth.backends.ModelBackend")
        request.session.save()
        self.cookie = f"portal_session={request.session.session_key}"

    def get(self, target: str, application: Any = None) -> bytes:
        """Return the body of a page; anything but 200 ends the benchmark, because it would measure nothing."""
        from portal.wsgi import application as portal  # noqa: PLC0415 - needs the settings

        path, _mark, query = target.partition("?")
        environ = {
            "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "SERVER_PROTOCOL": "HTTP/1.1",
            "SERVER_NAME": HOST, "SERVER_PORT": "443", "REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http",
            "HTTP_HOST": HOST, "HTTP_COOKIE": self.cookie, "HTTP_ACCEPT_LANGUAGE": "zh-CN,zh;q=0.9",
            "HTTP_X_FORWARDED_PROTO": "https", "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr,
        }  # fmt: skip
        said: list[str] = []
        start: Any = lambda status, _headers: said.append(status)  # noqa: E731 - annotated: WSGI's own type is longer
        response = (application or portal)(environ, start)
        try:
            body = b"".join(response)
        finally:
            response.close()
        if not said[0].startswith(str(HTTPStatus.OK.value)):
            sys.exit(f"{target}: {said[0]}")
        return body
