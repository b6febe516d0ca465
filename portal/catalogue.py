"""Keeps the English catalogue: collects every text of code and templates and holds it against the translations.

Django's own ``makemessages`` needs GNU gettext; Babel reads the same texts without it.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

KEYWORDS = {
    "_": None,
    "_t": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
FOLDERS = ("portal", "credits", "conversion", "review")
WIDTH = 110
EPOCH = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


def catalogue_path(language: str = "en") -> Path:
    """Return where a language's catalogue stands."""
    return Path(settings.BASE_DIR) / "portal" / "locale" / language / "LC_MESSAGES" / "django.po"


def sources() -> Iterator[tuple[str, bytes]]:
    """Yield every source that may hold texts, templates already turned into what an extractor of Python reads."""
    root = Path(settings.BASE_DIR)
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(root)), path.read_bytes()
    for path in sorted((root / "templates").rglob("*.*")):
        if path.suffix in {".html", ".txt", ".svg"}:
            name = str(path.relative_to(root))
            text = templatize(path.read_text(encoding="utf-8"), origin=name)
            # Indentation means nothing in a template, and a syntax error to the extractor.
            yield name, "\n".join(line.lstrip() for line in text.splitlines()).encode()


def collect() -> Catalog:
    """Return all texts with the files in which they stand."""
    found = Catalog(project="credit-portal", charset="utf-8", locale="en")
    for name, source in sources():
        for _line, message, _comments, context in extract("python", io.BytesIO(source), keywords=KEYWORDS):
            if message:
                found.add(message, locations=[(name, 1)], context=context, flags=_flags(message))
    return found


def _flags(message: str | tuple[str, ...]) -> list[str]:
    text = message if isinstance(message, str) else message[0]
    return ["python-format"] if "%(" in text else []


def read(language: str = "en") -> Catalog:
    """Return the stored catalogue; an empty one when there is none."""
    path = catalogue_path(language)
    if not path.exists():
        return Catalog(locale=language, fuzzy=False, project="credit-portal", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update(language: str = "en") -> Catalog:
    """Bring the stored catalogue up to date: new texts empty, gone ones removed, nothing guessed; and return it."""
    stored = read(language)
    stored.update(collect(), no_fuzzy_matching=True)
    stored.obsolete.clear()
    stored.fuzzy, stored.header_comment = False, "# English texts of the portal. Update: ./run manage catalogue"
    stored.creation_date = stored.revision_date = EPOCH  # a date would change with every update
    path = catalogue_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, stored, width=WIDTH, sort_output=True, include_lineno=False, ignore_obsolete=True)
    return stored


def untranslated(catalogue: Catalog) -> list[str]:
    """Return the texts without a translation, and the doubtful (fuzzy) ones."""
    return [
        str(m.id)
        for m in catalogue
        if m.id and (m.fuzzy or not (all(m.string) if isinstance(m.string, (list, tuple)) else m.string))
    ]
