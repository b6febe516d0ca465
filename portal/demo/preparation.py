"""What must be there before the demo's servers start; each step runs only when something changed."""

import hashlib
import json
import shutil
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


class Notes:
    """What earlier starts did, kept in a file of the data folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.facts: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}

    def get(self, name: str) -> str:
        """Return a fact, or "" when it was never noted."""
        return self.facts.get(name, "")

    def set(self, name: str, value: str) -> None:
        """Note a fact at once, so that an interrupted start repeats only what it did not finish."""
        self.facts[name] = value
        self.path.write_text(json.dumps(self.facts, indent=1, ensure_ascii=False))


def fingerprint(parts: Iterable[object]) -> str:
    """Return a short hash of the parts in their order."""
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:16]


def prepare(scheme: str) -> None:
    """Bring the data folder up to date; raise CommandError when it holds the data of other schemes."""
    notes = Notes(settings.DATA_DIR / "demo.json")
    loaded = notes.get("scheme")
    if loaded and loaded != scheme:
        raise CommandError(f"{settings.DATA_DIR} holds the demo of {loaded!r}; choose another --data folder.")
    if notes.get("loading") and not loaded:
        remove_half_loaded()
    migrate()
    collect_static()
    make_fonts()
    if not loaded:
        notes.set("loading", scheme)
        call_command("load_demo", scheme=scheme)
        notes.set("scheme", scheme)


def remove_half_loaded() -> None:
    """Begin anew after a start that was interrupted while it made up the data."""
    connection.close()
    for path in settings.DATA_DIR.glob("portal.sqlite3*"):
        path.unlink()
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)


def migrate() -> None:
    """Apply the migrations that the database lacks."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)


def collect_static() -> None:
    """Collect and compress the static files when one of them changed."""
    notes = Notes(settings.STATIC_ROOT / "collected.json")
    files = [
        (path, (status := Path(storage.path(path)).stat()).st_size, status.st_mtime_ns)
        for finder in get_finders()
        for path, storage in finder.list([])
    ]
    current = fingerprint(sorted(files))
    if notes.get("files") == current:
        return
    call_command("collectstatic", verbosity=0, interactive=False)
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    notes.set("files", current)


def make_fonts() -> None:
    """Make the static faces that the printed forms embed, once per checkout: nothing to do when they are there."""
    call_command("make_fonts", verbosity=0)
