"""Keeps parsed packs: the same text is the same scheme, so it is parsed once per process."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import TYPE_CHECKING

from credits.evaluation import parse_pack

if TYPE_CHECKING:
    from credits.evaluation import SchemeData

KEPT = 64
_parsed: OrderedDict[str, SchemeData] = OrderedDict()


def digest_of(source: str) -> str:
    """Return the SHA-256 of a pack's text."""
    return hashlib.sha256(source.encode()).hexdigest()


def scheme_data(sha256: str, source: str, filename: str = "version.toml") -> SchemeData:
    """Return the parsed pack of a text whose digest is known; raises ``PackError`` for one that cannot be read."""
    data = _parsed.get(sha256)
    if data is None:
        data = _parsed[sha256] = parse_pack(source, filename)
        if len(_parsed) > KEPT:
            _parsed.popitem(last=False)
    return data
