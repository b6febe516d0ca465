"""The journeys' portals: each is built once in a run, and every process works in its own copy."""

from __future__ import annotations

import os
import pickle
import shutil
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client

from tests import builders, template

_copies: set[str] = set()  # the databases of this process


def signed_in(person):
    """Return a browser of the person's, or of nobody's."""
    client = Client(raise_request_exception=False)
    if person is not None:
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@contextmanager
def apart():
    """Whatever is done inside never was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def built(name, build):
    """Give the portal of a name, with a signed-in client for each role, and throw away what was done to it."""
    if template.folder() is None:
        with apart():
            yield entered(build())
        return
    with copied(name, build, f"{name}_{os.getpid()}") as portal, apart():
        yield entered(portal)


@contextmanager
def shown(name, build):
    """Give the portal of a name for good, not in a transaction: the server that a browser asks has its own."""
    if template.folder() is None:
        yield build()
        return
    with copied(name, build, f"{name}_shown_{os.getpid()}") as portal:
        yield portal


def entered(portal):
    """Sign everybody in."""
    cache.clear()
    portal.clients = {role: signed_in(person) for role, person in portal.people.items()}
    return portal


@contextmanager
def copied(name, build, database):
    """Work in this process's database with a copy of the portal; the first in the run builds it."""
    kept = template.folder() / name
    with template.alone(name):
        if not (kept / "portal").exists():
            keep(name, build, kept)
        if database not in _copies:
            template.copy_database(name, database)
            shutil.copytree(kept / "files", settings.MEDIA_ROOT, dirs_exist_ok=True)
            _copies.add(database)
    with template.connected_to(database):
        portal, numbers = pickle.loads((kept / "portal").read_bytes())  # noqa: S301 - written by this run
        # What a test adds must not be called like what is there.
        builders.numbers = count(max(numbers, next(builders.numbers)))
        yield portal


def keep(name, build, kept):
    """Build a portal in a database of its own, and keep beside it what it is made of and its files."""
    cache.clear()
    template.copy_database(template.EMPTY, name)
    with template.connected_to(name), transaction.atomic():
        portal = build()
        # What would follow a commit is left out, as where a test's transaction never ends.
        connection.run_on_commit.clear()
    kept.mkdir(exist_ok=True)
    shutil.copytree(Path(settings.MEDIA_ROOT), kept / "files")
    (kept / "portal").write_bytes(pickle.dumps((portal, next(builders.numbers))))
