"""The places of a claim's form that a return can point at, by the names that the form gives its fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from credits.completeness import is_asked
from credits.evaluation import fields_for
from credits.evaluation.facts import is_shown
from credits.teams import is_team

if TYPE_CHECKING:
    from collections.abc import Mapping

    from credits.evaluation import FactField
    from credits.models import Claim

FACT, FILES = "fact_", "files_"
CONTENT, POINTS, POINTS_REASON, TEAM, OTHER = "content", "claimed_points", "points_reason", "team", "other"


def shown_facts(fields: tuple[FactField, ...], typed: Mapping[str, Any]) -> tuple[FactField, ...]:
    """Return the fields to ask, given what was typed so far; a hidden field hides those that depend on it."""
    known: dict[str, str] = {}
    shown = []
    for field in fields:
        if not is_shown(field.shown_when, known):
            continue
        shown.append(field)
        text = str(typed.get(field.name, "") or "").strip()
        if text:
            known[field.name] = text
    return tuple(shown)


def places_of(claim: Claim) -> dict[str, str]:
    """Return name and label of everything that the student writes or proves, in the order of the form; no query."""
    data = claim.scheme_version.data
    rules, words = data.category(claim.category.code), data.wording
    asked = fields_for(data, claim.category.code, claim.college.name, facts=claim.facts)
    facts = {FACT + field.name: field.label for field in shown_facts(asked, claim.facts)}
    typed = {name: str(value) for name, value in claim.facts.items()}
    proofs = {FILES + item.code: item.name for item in rules.evidence if is_asked(item, typed)}
    return {
        **facts,
        CONTENT: words["content"],
        **({TEAM: _("团队成员")} if is_team(claim) else {}),
        POINTS: words["claimed"],
        POINTS_REASON: _("%(points)s说明") % {"points": words["points_short"]},
        **proofs,
        FILES + OTHER: _("其他材料"),
    }


def label_of(claim: Claim, name: str) -> str:
    """Return what people call a place, also one that the facts do not call for any more."""
    known = places_of(claim)
    if name in known:
        return known[name]
    rules = claim.scheme_version.data.category(claim.category.code)
    others = {FACT + field.name: field.label for field in rules.fields}
    return (others | {FILES + item.code: item.name for item in rules.evidence}).get(name, name)


def is_proof(name: str) -> bool:
    """Whether the place takes files."""
    return name.startswith(FILES)
