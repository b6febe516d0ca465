"""What a regulation demands of a student before graduation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

TOGETHER, ONE = "together", "one"


@dataclass(frozen=True, slots=True)
class MinimumPart:
    """At least ``least`` from these categories (empty: from any of them).

    ``within`` says how they are counted: all `together`, or each alone, so that `one` of them has to reach it.
    """

    label: str
    least: Decimal
    categories: tuple[str, ...] = ()
    within: str = TOGETHER


@dataclass(frozen=True, slots=True)
class Minimum:
    """What students of these cohorts and kinds (empty: all kinds) need: ``total`` in all (0: nothing), and the parts.

    ``counts`` says what stands for it: `recognised` points whatever became of them, those `unused` by conversions, or
    those that are `usable`, neither converted nor held by an application. Students of other kinds are exempt.
    """

    code: str
    name: str
    clause: str
    total: Decimal
    parts: tuple[MinimumPart, ...] = ()
    cohort_from: int | None = None
    cohort_to: int | None = None
    student_kinds: tuple[str, ...] = ()
    counts: str = "recognised"
    assumed: bool = False
    note: str = ""

    def holds_for(self, cohort: int, kind: str) -> bool:
        """Whether a student of the cohort and kind has to meet it."""
        if self.student_kinds and kind not in self.student_kinds:
            return False
        return (self.cohort_from is None or self.cohort_from <= cohort) and (
            self.cohort_to is None or cohort <= self.cohort_to
        )

    def overlaps(self, other: Minimum) -> bool:
        """Whether some student would have to meet both."""
        kinds, others = set(self.student_kinds), set(other.student_kinds)
        if kinds and others and kinds.isdisjoint(others):
            return False
        return not (_ends_before(self, other) or _ends_before(other, self))


def _ends_before(first: Minimum, second: Minimum) -> bool:
    return first.cohort_to is not None and second.cohort_from is not None and first.cohort_to < second.cohort_from
