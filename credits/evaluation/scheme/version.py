"""One version of a scheme, complete and checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from credits.evaluation.scheme.procedure import Counting

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping

    from credits.evaluation.scheme.categories import Category
    from credits.evaluation.scheme.conversion import Conversion
    from credits.evaluation.scheme.minima import Minimum
    from credits.evaluation.scheme.procedure import (
        Eligibility,
        Publicity,
        ReturnReason,
        Sanction,
        Scoring,
        Service,
        Stages,
    )
    from credits.evaluation.scheme.regulation import Alias, Clause, College, Document, Example, Limits, Rounding


def _nothing() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class SchemeData:
    """One version of a scheme (认定办法), complete and checked."""

    code: str
    label: str
    name: str
    institution: str
    wording: Mapping[str, str]
    categories: tuple[Category, ...]
    stages: Stages
    conversion: Conversion
    limits: Limits
    rounding: Rounding
    clauses: Mapping[str, Clause]
    documents: tuple[Document, ...] = ()
    colleges: tuple[College, ...] = ()
    examples: tuple[Example, ...] = ()
    aliases: tuple[Alias, ...] = ()
    effective_from: datetime.date | None = None
    cohort_from: int | None = None
    cohort_to: int | None = None
    note: str = ""
    counting: Counting = field(default_factory=Counting)
    eligibility: Eligibility | None = None
    scoring: Scoring | None = None
    publicity: Publicity | None = None
    sanction: Sanction | None = None
    service: Service | None = None
    return_reasons: tuple[ReturnReason, ...] = ()
    minima: tuple[Minimum, ...] = ()
    plain: Mapping[str, Any] = field(default_factory=_nothing, repr=False, compare=False)

    def category(self, code: str) -> Category:
        """The category with that code; KeyError when the scheme has none."""
        for category in self.categories:
            if category.code == code:
                return category
        raise KeyError(code)

    def minimum_for(self, cohort: int, kind: str) -> Minimum | None:
        """What a student of the cohort and kind has to meet before graduation; None for who is exempt."""
        return next((each for each in self.minima if each.holds_for(cohort, kind)), None)

    def college_code(self, college: str | None) -> str | None:
        """The pack's code of a college given by code or name; None when the college has no rules of its own."""
        return next((known.code for known in self.colleges if college in {known.code, known.name}), None)

    def as_json(self) -> dict[str, Any]:
        """The pack as plain JSON data (decimals as text), for the version's row."""
        return dict(self.plain)
