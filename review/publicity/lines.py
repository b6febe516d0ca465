"""One line of a public list, and the canonical writing whose SHA-256 is printed on it. Pure.

A line says name, college, cohort, item, score and masked student number, and nothing else (X7, T17). What is shown,
printed and downloaded is made of the snapshot alone, so that nothing else can slip in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

ITEM_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Line:
    """What everybody may read of one result; the score is written out, a float would lie."""

    position: int
    name: str
    number: str
    college: str
    cohort: int
    item: str
    score: str


def canonical(snapshot: Mapping[str, Any]) -> bytes:
    """Return the one writing of a snapshot: UTF-8, keys sorted, no blanks. Its SHA-256 is the list's digest."""
    return json.dumps(snapshot, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(snapshot: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the canonical writing, as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(canonical(snapshot)).hexdigest()


def entries_of(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """Return the lines as a snapshot keeps them."""
    return [asdict(line) for line in lines]


def digest_of_lines(lines: Iterable[Line]) -> str:
    """Return what the preview shows and the publication compares: a list is published as it was seen, or not at all."""
    return digest({"entries": entries_of(lines)})


def as_item(*parts: str) -> str:
    """Join the parts of an item, each once, and no longer than its column."""
    text = " · ".join(dict.fromkeys(part for part in (" ".join(p.split()) for p in parts) if part))
    return text if len(text) <= ITEM_LENGTH else f"{text[: ITEM_LENGTH - 1]}…"


def by_college(entries: Iterable[Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """Return the entries grouped by college, in their order."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for entry in entries:
        groups.setdefault(str(entry["college"]), []).append(entry)
    return list(groups.items())
