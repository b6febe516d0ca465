"""How earlier, similar claims were scored (X17): same scheme, category, item and level; no name, number or college."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING, Any

from django.db.models import TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce

from credits.evaluation.kinds.limits import rounded
from credits.models import Claim
from credits.services.judging import SCORE
from portal.enums import Status
from portal.points import as_points

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from credits.evaluation.scheme import Category

# The newest of the category that are looked through: what is similar among many more says no more.
LOOKED_AT = 2000
YEARS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Year:
    """What one academic year's similar claims were given: each score with how often, the highest first."""

    year: str
    scores: tuple[tuple[Decimal, int], ...]


@dataclass(frozen=True, slots=True)
class Precedents:
    """Earlier similar claims, together and by year; ``likeness`` are the facts that they share."""

    likeness: tuple[tuple[str, str], ...]
    count: int = 0
    low: Decimal | None = None
    high: Decimal | None = None
    median: Decimal | None = None
    years: tuple[Year, ...] = ()


def precedents_for(claim: Claim) -> Precedents:
    """Return how recognised claims of the same category with the same item and level were scored (one query).

    Scores are those given before a team's shares, so that they compare with the range; a team counts once, by its lead.
    """
    rules = claim.scheme_version.data.category(claim.category.code)
    likeness = {name: str(claim.facts.get(name) or "") for name in likeness_names(rules)}
    labels = {field.name: field.label for field in rules.fields}
    shared = tuple((labels[name], value) for name, value in likeness.items() if value)
    rows = list(_alike(claim, likeness))
    if not rows:
        return Precedents(shared)
    scores = [score for _year, score in rows]
    middle = rounded(median(scores), claim.scheme_version.data.rounding)
    return Precedents(shared, len(scores), min(scores), max(scores), middle, _by_year(rows))


def _alike(claim: Claim, likeness: Mapping[str, str]) -> Iterator[tuple[str, Decimal]]:
    """Yield year and score of what is alike among the newest of the category.

    Scheme, status and stage begin the index that ends in the key: the newest are walked, not sorted.
    """
    decided = Claim.objects.filter(scheme=claim.scheme_id, status=Status.RECOGNISED, stage="").order_by("-pk")
    decided = decided.filter(category=claim.category_id)
    found = Claim.objects.filter(pk__in=decided.values("pk")[:LOOKED_AT], follows_lead=False).exclude(pk=claim.pk)
    for place, (name, value) in enumerate(likeness.items()):
        own = Coalesce(KeyTextTransform(name, "facts"), Value(""), output_field=TextField())
        found = found.alias(**{f"like_{place}": own}).filter(**{f"like_{place}": value})
    rows: Any = found.annotate(given=KeyTextTransform(SCORE, "facts")).order_by()  # the plug-in cannot follow the alias
    for year, given, points in rows.values_list("academic_year", "given", "recognised_points"):
        yield year, as_points(given) if given else points


def likeness_names(rules: Category) -> tuple[str, ...]:
    """Return the facts that choose a row of the category's tables: what makes two achievements alike to the rules."""
    asked = {field.name for field in rules.fields if field.kind == "choice"}
    names = (name for table in rules.tables.values() if not table.stepped for name in table.by)
    return tuple(name for name in dict.fromkeys(names) if name in asked)


def _by_year(rows: list[tuple[str, Decimal]]) -> tuple[Year, ...]:
    years = sorted({year for year, _score in rows}, reverse=True)[:YEARS_SHOWN]
    return tuple(
        Year(year, tuple(sorted(Counter(score for mine, score in rows if mine == year).items(), reverse=True)))
        for year in years
    )
