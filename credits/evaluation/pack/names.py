"""Names in a pack that must be unique, and names that must refer to something."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from credits.evaluation.pack.positions import Path
from credits.evaluation.pack.reader import did_you_mean
from credits.evaluation.scheme import SchemeData

Found = Iterator[tuple[Path, str]]


def repeated(kind: str, codes: Iterable[str], path: Path, key: str) -> Found:
    """Every code that stands twice, at its later place."""
    seen: set[str] = set()
    for position, code in enumerate(codes):
        if code in seen:
            yield (*path, kind, position, key), _("“%(code)s”出现了两次") % {"code": code}
        seen.add(code)


def unknown(path: Path, word: str, known: Iterable[str], message: str) -> Found:
    """A word that refers to nothing, with the one that was probably meant."""
    options = tuple(known)
    if word not in options:
        yield path, message % {"word": word} + did_you_mean(word, options)


def unknown_clause(data: SchemeData, path: Path, clause: str) -> Found:
    """A reference to an article that no document has."""
    yield from unknown(path, clause, data.clauses, _("没有条款“%(word)s”"))
