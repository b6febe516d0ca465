"""What the experts gave to the claims of an agenda, without saying who they are."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from credits.services.judging import score_range
from review.experts.reckoning import outcome
from review.models import Assignment, AssignmentState

if TYPE_CHECKING:
    from collections.abc import Collection

    from credits.models import Claim
    from review.experts.reckoning import Outcome


@dataclass(frozen=True, slots=True)
class Scores:
    """One claim's scores of this turn, in an order that tells nothing; ``range`` is what they had to lie in."""

    given: tuple[Assignment, ...]
    abstained: int
    range: tuple[Decimal, Decimal] | None
    outcome: Outcome | None

    @property
    def median(self) -> Decimal | None:
        """Return the experts' result; None where none of them scored."""
        return self.outcome.score if self.outcome is not None else None


def scores_of(claims: Collection[Claim]) -> dict[int, Scores]:
    """Return the experts' scores of each claim (one query)."""
    rows: dict[int, list[Assignment]] = defaultdict(list)
    for row in Assignment.objects.of_this_turn().filter(claim__in=claims).order_by("score", "pk"):
        rows[row.claim_id].append(row)
    return {claim.pk: _scores(claim, rows[claim.pk]) for claim in claims}


def _scores(claim: Claim, rows: list[Assignment]) -> Scores:
    given = tuple(row for row in rows if row.state == AssignmentState.SCORED)
    abstained = sum(row.state == AssignmentState.ABSTAINED for row in rows)
    data, allowed = claim.scheme_version.data, score_range(claim)
    if not given or allowed is None or data.scoring is None:
        return Scores(given, abstained, allowed, None)
    result = outcome([row.score for row in given if row.score is not None], allowed, data.scoring, data.rounding)
    return Scores(given, abstained, allowed, result)
