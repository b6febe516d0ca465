"""The numbers and titles by which a claim names its achievement, in one writing, over schemes and years."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credits.identity import Key, keys_of

if TYPE_CHECKING:
    from credits.models import Claim

# "无", "1" or "——" in a field for a number name nothing.
SHORTEST = 4
# An entry of the library and its year are shared by everybody who took part.
SHARED = frozenset({"library"})


def marks_of(claim: Claim) -> list[Key]:
    """Return the claim's identities by the pack's rules, without those that name no single achievement (no query)."""
    return [key for key in keys_of(claim) if key.kind not in SHARED and len(key.value) >= SHORTEST]
