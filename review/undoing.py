"""The offer to take back what was just decided: kept in the session, shown on the next page for ten seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from credits.rules import UNDO_WITHIN

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

    from credits.models import Claim

KEY = "undo"


@dataclass(frozen=True, slots=True)
class Offer:
    """Which claim, the revision that the decision left it in, and what it is called."""

    claim: int
    revision: int
    name: str


def offer_undo(session: SessionBase, claim: Claim, name: str) -> None:
    """Remember what was decided; only the last decision is offered."""
    until = (timezone.now() + UNDO_WITHIN).timestamp()
    session[KEY] = {"claim": claim.pk, "revision": claim.revision, "name": name, "until": until}


def offered(session: SessionBase) -> Offer | None:
    """Return what can still be taken back; an offer that has run out is forgotten."""
    kept = session.get(KEY)
    if kept is None:
        return None
    if kept["until"] <= timezone.now().timestamp():
        del session[KEY]
        return None
    return Offer(kept["claim"], kept["revision"], kept["name"])
