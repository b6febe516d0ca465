"""A reviewer's decision on a claim, from a page or from a workbook, in one of the verbs; and taking it back at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credits.rules import can_undo, last_event
from credits.services.decisions import approve_claim, endorse_claim, refuse_claim, return_claim
from credits.services.undoing import undo_decision
from portal.verdict import Verdict
from review.desk.reviewing import proposed_points
from review.desk.undoing import standing_on

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


def take_decision_back(claim: Claim, actor: Person, *, revision: int | None) -> Claim:
    """Take back what the actor has just decided, while nobody has built on it.

    Raises what ``undo_decision`` raises; ``NotAllowed`` also for what experts were given, an agenda or a publicity
    list has taken up, or the college has delivered in these seconds.
    """
    return undo_decision(claim, actor, revision=revision, may=_nothing_stands_on_it)


def _nothing_stands_on_it(actor: Person, claim: Claim) -> Verdict:
    verdict, decision = can_undo(actor, claim), last_event(claim)
    if not verdict or decision is None:
        return verdict
    reasons = standing_on({claim.pk: claim}, decision.at)
    return Verdict.no(reasons[claim.pk]) if reasons else verdict
