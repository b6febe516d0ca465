"""The token of a row: which claim at which revision, handed to whom. Signed, so that none can be made or moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core import signing

if TYPE_CHECKING:
    from credits.models import Claim
    from portal.models import Person

PURPOSE = "review.roundtrip.row"
PARTS = 3


@dataclass(frozen=True, slots=True)
class RowToken:
    """What a token says."""

    claim: int
    revision: int
    person: int


def row_token(claim: Claim, person: Person) -> str:
    """Return the token of a claim's row in a workbook for this person."""
    return signing.Signer(salt=PURPOSE).sign(f"{claim.pk}-{claim.revision}-{person.pk}")


def read_token(text: str) -> RowToken | None:
    """Return what a token says, None when we did not sign it for this purpose."""
    try:
        parts = signing.Signer(salt=PURPOSE).unsign(text).split("-")
    except signing.BadSignature:
        return None
    return RowToken(*map(int, parts)) if len(parts) == PARTS else None
