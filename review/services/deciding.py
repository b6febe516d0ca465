"""A reviewer's decision on a claim, from a page or from a workbook: one of the verbs, with its words in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credits.services.decisions import approve_claim, endorse_claim, refuse_claim, return_claim
from review.desk.reviewing import proposed_points

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from credits.models import Claim
    from credits.services.decisions import Flag
    from portal.models import Person


def decide_claim(
    claim: Claim,
    actor: Person,
    verb: str,
    *,
    words: str,
    points: Decimal | None,
    revision: int | None,
    flags: Sequence[Flag] = (),
) -> None:
    """Return, refuse or approve the claim; ``points`` is None where the stage gives an opinion.

    Words beside unchanged points are an opinion, beside changed ones they are their reason.
    """
    if verb == "return":
        return_claim(claim, actor, reason=words, flags=flags, revision=revision)
    elif verb == "refuse":
        refuse_claim(claim, actor, reason=words, revision=revision)
    elif points is None:
        endorse_claim(claim, actor, remark=words, revision=revision)
    else:
        reason, remark = ("", words) if points == proposed_points(claim) else (words, "")
        approve_claim(claim, actor, points=points, revision=revision, reason=reason, remark=remark)
