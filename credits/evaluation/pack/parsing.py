"""The pack's top level."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from credits.evaluation.scheme import SchemeData


def parse_pack(text: str, filename: str) -> SchemeData:
    """Read a pack; raises PackError with every problem found."""
    raise NotImplementedError
