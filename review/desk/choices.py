"""What was chosen for the claims of an award: one decision for all, and the exceptions of single rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from credits.services.decisions import check_points, require_reason
from portal.points import ZERO, as_points

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from decimal import Decimal

    from review.desk.batches import Row

APPROVE, RETURN, REFUSE, LEAVE = "approve", "return", "refuse", "leave"
VERBS = (APPROVE, RETURN, REFUSE)
LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody chose and typed, for all rows or for one; an empty verb means as for all."""

    verb: str = ""
    points: str = ""
    reason: str = ""

    @classmethod
    def read(cls, sent: Mapping[str, str], key: str = "", verbs: tuple[str, ...] = VERBS) -> Choice:
        """Take it from the form; what the form does not offer, or no database stores, is nothing."""
        typed = (sent.get(f"{name}{key}", "") for name in ("verb", "points", "reason"))
        verb, points, reason = (text.replace("\0", "").strip() for text in typed)
        return cls(verb if verb in verbs else "", points[:12], reason[:LONGEST])


@dataclass(frozen=True, slots=True)
class Judged:
    """One row with what it is to become; ``problem`` says why it cannot."""

    row: Row
    own: Choice
    verb: str
    words: str = ""
    points: Decimal | None = None
    problem: str = ""

    @property
    def key(self) -> str:
        """Write the row as the forms carry it."""
        return self.row.wanted.key


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows are to become what, and the points that would be recognised."""

    approved: int
    returned: int
    refused: int
    left: int
    total: Decimal
    gives_points: bool

    @classmethod
    def of(cls, judged: list[Judged]) -> Tally:
        """Count."""
        verbs = Counter(one.verb for one in judged)
        points = [one.points for one in judged if one.verb == APPROVE and one.points is not None]
        total = sum(points, ZERO)
        return cls(verbs[APPROVE], verbs[RETURN], verbs[REFUSE], verbs[LEAVE], total, gives_points=bool(points))

    @property
    def words(self) -> str:
        """Say it: what is not to happen is left out."""
        parts = (
            (self.approved, _("通过 %(n)s 条")),
            (self.returned, _("退回 %(n)s 条")),
            (self.refused, _("不予通过 %(n)s 条")),
        )
        return " · ".join(text % {"n": count} for count, text in parts if count)

    @property
    def acting(self) -> int:
        """Return how many rows would be decided."""
        return self.approved + self.returned + self.refused


def judge(rows: Iterable[Row], for_all: Choice, sent: Mapping[str, str]) -> list[Judged]:
    """Say of each row what it is to become. Changes nothing.

    A row in which rules and student disagree is left for a look of its own, unless somebody chose for it, or gave
    points: then it was looked at.
    """
    return [_judged(row, for_all, Choice.read(sent, f":{row.wanted.pk}", (*VERBS, LEAVE))) for row in rows]


def _judged(row: Row, for_all: Choice, own: Choice) -> Judged:
    verb = own.verb or (APPROVE if own.points else for_all.verb) or LEAVE
    if verb == LEAVE:
        return Judged(row, own, LEAVE)
    if row.fault or row.claim is None:
        return Judged(row, own, verb, problem=row.fault)
    typed = own.points or (for_all.points if verb == for_all.verb else "")
    if verb == APPROVE and row.doubt and not own.verb and not typed:
        return Judged(row, own, LEAVE)
    words = own.reason or (for_all.reason if verb == for_all.verb else "")
    try:
        points = _points(row, typed, words) if verb == APPROVE else None
        if verb != APPROVE:
            require_reason(words)
    except ValidationError as error:
        return Judged(row, own, verb, words, problem="".join(error.messages))
    problem = row.doubt if verb == APPROVE and not row.gives_points else ""
    return Judged(row, own, verb, words, points, problem)


def _points(row: Row, typed: str, words: str) -> Decimal | None:
    """Return the points of an approval, None where the stage gives none; raises ``ValidationError``."""
    if not row.gives_points or row.claim is None:
        return None
    return check_points(row.claim, as_points(typed) if typed else row.points, words)
