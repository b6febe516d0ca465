"""What a claim still lacks before it can be handed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from credits.eligibility import eligibility_problems
from credits.library import library_problems
from credits.teams import team_problems

if TYPE_CHECKING:
    from collections.abc import Mapping

    from credits.evaluation import Evaluation
    from credits.evaluation.scheme import EvidenceItem
    from credits.models import Claim


def check_complete(claim: Claim, result: Evaluation) -> None:
    """Raise ``ValidationError`` keyed by form field for everything that is missing or impossible."""
    errors = missing(claim, result)
    if errors:
        raise ValidationError(errors)


def missing(claim: Claim, result: Evaluation) -> dict[str, list[str]]:
    """Return what stands in the way, by form field; empty when the claim can be handed in."""
    errors: dict[str, list[str]] = {}
    words = claim.scheme_version.data.wording
    if not claim.content.strip():
        errors.setdefault("content", []).append(_("请填写%(name)s。") % {"name": words["content"]})
    for problem in result.problems:
        errors.setdefault(problem.field, []).append(problem.message)
    for message in points_problems(claim, result):
        errors.setdefault(*message)
    for problems in (eligibility_problems(claim, result), library_problems(claim), team_problems(claim)):
        for field, messages in problems.items():
            errors.setdefault(field, []).extend(messages)
    for item in _required_items(claim):
        if not claim.evidence.filter(removed_at__isnull=True, item=item.code).exists():
            errors.setdefault(f"files_{item.code}", []).append(_("缺少材料：%(name)s。") % {"name": item.name})
    return errors


def points_problems(claim: Claim, result: Evaluation) -> list[tuple[str, list[str]]]:
    """Return what is wrong with the claimed points: none, over the limit, above the suggestion without a reason."""
    limits, points = claim.scheme_version.data.limits, claim.claimed_points
    words = claim.scheme_version.data.wording
    if points is None:
        return [("claimed_points", [_("请填写%(claimed)s。") % {"claimed": words["claimed"]}])]
    if points <= 0 or points > limits.max_points:
        text = _("%(claimed)s应大于 0 且不超过 %(max)s。") % {"claimed": words["claimed"], "max": limits.max_points}
        return [("claimed_points", [text])]
    if result.maximum is not None and result.maximum <= 0:
        return [("claimed_points", [_("按规则计算，该成果不计分，不能提交：%(why)s。") % {"why": _last_words(result)}])]
    if result.maximum is not None and points > result.maximum and not claim.points_reason:
        text = _("%(claimed)s高于按规则计算的 %(max)s，请在“%(points)s说明”中写明理由。") % {
            "claimed": words["claimed"],
            "max": result.maximum,
            "points": words["points_short"],
        }
        return [("points_reason", [text])]
    return []


def _last_words(result: Evaluation) -> str:
    """Return the step that made nothing of the achievement, with its clause."""
    for step in result.steps:
        if step.output in {"0", "0.0", "0.00"}:
            return f"{step.label} {step.formula}（{step.clause}）" if step.clause else f"{step.label} {step.formula}"
    return ""


def _required_items(claim: Claim) -> list[EvidenceItem]:
    """Return the checklist items that this claim's facts make compulsory."""
    items = claim.scheme_version.data.category(claim.category.code).evidence
    return [item for item in items if item.required and is_asked(item, claim.facts)]


def is_asked(item: EvidenceItem, facts: Mapping[str, object]) -> bool:
    """Whether the facts make the item apply."""
    when = item.shown_when
    return when is None or str(facts.get(when.field, "")) in when.values
