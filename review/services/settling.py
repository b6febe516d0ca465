"""What a task's verbs share: the locked task of a locked claim, its turn, its event, and the result of all scores."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from credits.evaluation.scheme import Scoring
from credits.evaluation.spans import plain
from credits.models import Claim
from credits.services.judging import score_range, settle_score
from credits.services.moving import moving
from credits.services.teams import set_team_method
from portal.language import kept_language
from portal.trail import record
from portal.verdict import Verdict
from portal.workflow import StaleSubject, lock
from review.experts.conflicts import ties
from review.experts.methods import agreed_method
from review.experts.pool import judges_of, matter_of
from review.experts.reckoning import outcome
from review.experts.routing import least_of, scores_now
from review.models import Assignment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portal.models import Person
    from review.experts.reckoning import Outcome

# A scheme that says nothing about it takes the one score there is: no spread is above the whole range.
PLAIN_SCORING = Scoring(least=1, spread_parts=Decimal(1), clause="")


@dataclass(frozen=True, slots=True)
class Result:
    """What all scores come to: of how many, the score, why the committee must look at it, another way of sharing."""

    experts: int
    score: Decimal
    escalated: str = ""
    method: str = ""
    method_reason: str = ""


def turn_of(claim: Claim) -> int:
    """Return how often the claim was handed in: scores of an earlier turn stay with it and count no more."""
    return max(1, claim.submissions.count())


def locked_task(task: Assignment) -> tuple[Claim, Assignment]:
    """Return the claim and the task as they are now, locked in this order; in the caller's transaction.

    Raises ``StaleSubject`` when the result stands already, or the claim has left the experts.
    """
    claim = lock(Claim(pk=task.claim_id))
    present = Assignment.objects.select_for_update(of=("self",)).select_related("expert", "assigned_by").get(pk=task.pk)
    present.claim = claim
    if not scores_now(claim) or present.turn != turn_of(claim):
        raise StaleSubject(claim)
    return claim, present


def result_of(claim: Claim) -> Result | None:
    """Return what the scores come to, None until everybody who still has the claim has scored and they are enough.

    A score whose expert turned out to have a conflict of interest holds the result up until it is taken back.
    """
    tasks = list(
        Assignment.objects.of_this_turn().counting().filter(claim=claim).select_related("expert").order_by("pk")
    )
    scores = [task.score for task in tasks if task.score is not None]
    allowed = score_range(claim)
    if len(scores) < max(len(tasks), least_of(claim.scheme_version)) or allowed is None or tied_tasks(claim, tasks):
        return None
    data = claim.scheme_version.data
    scoring = data.scoring or PLAIN_SCORING
    found = outcome(scores, allowed, scoring, data.rounding)
    method = agreed_method(claim, [task.method for task in tasks])
    why = _method_reason(tasks, method) if method else ""
    return Result(len(scores), found.score, _escalation(found, allowed, scoring) if found.too_far else "", method, why)


def tied_tasks(claim: Claim, tasks: Sequence[Assignment]) -> list[Assignment]:
    """Return the tasks whose experts may not judge the claim (any more)."""
    judges, matter = judges_of([task.expert for task in tasks], claim.scheme), matter_of(claim)
    return [task for task in tasks if ties(judges[task.expert_id], matter)]


def settle_if_complete(claim: Claim, actor: Person, role: str) -> bool:
    """Settle the result when nothing is waited for any more (somebody abstained, or a task was taken back)."""
    result = result_of(claim)
    if result is None:
        return False
    move(claim, actor, role, {}, result)
    return True


def move(claim: Claim, actor: Person, role: str, given: Mapping[str, Any], result: Result | None) -> None:
    """Write the event of a score, and with a result let it stand: one event, whoever was last. On a locked claim.

    What most experts say about a team's sharing is done first, by its own verb.
    """
    verdict = Verdict.yes(role)
    if result is not None and result.method:
        set_team_method(
            claim,
            actor,
            method=result.method,
            reason=result.method_reason,
            revision=None,
            may=lambda _person, _claim: verdict,
        )
    with moving(claim, "score", actor, may=lambda _person, _claim: verdict) as (row, step):
        step.after = dict(given)
        if result is not None:
            step.after["experts"] = result.experts
            row.escalated = result.escalated
            settle_score(row, step, result.score, actor)


def note_task(
    verb: str,
    task: Assignment,
    actor: Person | None,
    role: str,
    *,
    reason: str = "",
    before: Mapping[str, str] | None = None,
) -> None:
    """Write the event of one task; it stands with the claim's number, away from the record that students read."""
    record(
        verb,
        actor,
        kind="assignment",
        key=task.claim_id,
        label=task.claim.receipt_number or task.claim.content,
        role=role,
        scheme=task.claim.scheme.code,
        reason=reason,
        changes=(dict(before or {}), {"expert": task.expert.number, "task": task.pk, "state": str(task.state)}),
    )


def _escalation(found: Outcome, allowed: tuple[Decimal, Decimal], scoring: Scoring) -> str:
    low, high = allowed
    with kept_language():
        return _("专家评分相差 %(spread)s，超过分值范围 %(low)s–%(high)s 的 1/%(parts)s") % {
            "spread": plain(found.spread),
            "low": plain(low),
            "high": plain(high),
            "parts": plain(scoring.spread_parts),
        }


def _method_reason(tasks: Sequence[Assignment], method: str) -> str:
    mine = [task for task in tasks if task.method == method]
    with kept_language():
        said = _("%(n)s 位专家中 %(m)s 位建议：") % {"n": len(tasks), "m": len(mine)}
    return said + "；".join(dict.fromkeys(task.comment.strip() for task in mine))
