"""Keeps parsed packs: a version never changes, so its pack is parsed once per process."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from credits.evaluation import parse_pack

if TYPE_CHECKING:
    from credits.evaluation import SchemeData


@lru_cache(maxsize=64)
def scheme_data(_version_id: int, source: str) -> SchemeData:
    """Return the parsed pack of a stored version."""
    return parse_pack(source, "version.toml")
