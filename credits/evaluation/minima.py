"""Whether a student has what a minimum demands: recognised points in, the verdict with its steps out.

Pure arithmetic over sums by category. What is missing in all is what would have to be recognised at least: points that
fill a part count for the total as well, and no category stands for two parts (`pack.minima` checks that).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from django.utils.translation import gettext as _

from credits.evaluation.results import Step
from credits.evaluation.scheme import Minimum, MinimumPart, SchemeData
from credits.evaluation.scheme.minima import ONE
from credits.evaluation.spans import plain

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Amounts:
    """The points of one category: all that is recognised, what conversions hold of it, what they have consumed."""

    recognised: Decimal
    held: Decimal = ZERO
    consumed: Decimal = ZERO

    def counted(self, counts: str) -> Decimal:
        """What of it stands for a minimum that `counts` so."""
        if counts == "recognised":
            return self.recognised
        unused = self.recognised - self.consumed
        return unused if counts == "unused" else unused - self.held


@dataclass(frozen=True, slots=True)
class Demand:
    """One thing that is demanded, in all (``overall``) or of some categories: how much, what is there, what lacks."""

    label: str
    least: Decimal
    there: Decimal
    step: Step
    overall: bool = False

    @property
    def missing(self) -> Decimal:
        """What lacks, nothing when it is reached."""
        return max(self.least - self.there, ZERO)

    @property
    def reached(self) -> bool:
        """Whether it is there."""
        return self.there >= self.least


@dataclass(frozen=True, slots=True)
class MinimumVerdict:
    """What a minimum demands of one student and what of it is there."""

    minimum: Minimum
    demands: tuple[Demand, ...]
    cite: str
    unit: str

    @property
    def missing(self) -> Decimal:
        """The least that has to be recognised before all is reached."""
        overall = sum((each.missing for each in self.demands if each.overall), ZERO)
        return max(overall, sum((each.missing for each in self.demands if not each.overall), ZERO))

    @property
    def reached(self) -> bool:
        """Whether all that is demanded is there."""
        return all(each.reached for each in self.demands)

    @property
    def lacking(self) -> tuple[Demand, ...]:
        """What is demanded and not there."""
        return tuple(each for each in self.demands if not each.reached)

    @property
    def steps(self) -> tuple[Step, ...]:
        """How each demand was judged, with the clause."""
        return tuple(each.step for each in self.demands)


def judge_minimum(data: SchemeData, minimum: Minimum, sums: Mapping[str, Amounts]) -> MinimumVerdict:
    """Hold what a student has by category (missing: nothing) against a minimum of the version."""
    known = [category.code for category in data.categories]
    # Categories that an earlier version had count in all, and for parts that name none.
    have = dict.fromkeys(known, ZERO) | {code: each.counted(minimum.counts) for code, each in sums.items()}
    demands = []
    if minimum.total:
        total = MinimumPart(data.wording["total"], minimum.total)
        demands.append(_demand(data, minimum, total, have, overall=True))
    demands += [_demand(data, minimum, part, have) for part in minimum.parts]
    return MinimumVerdict(minimum, tuple(demands), data.clauses[minimum.clause].cite, data.wording["unit"])


def categories_words(data: SchemeData, part: MinimumPart) -> str:
    """Say which categories count for a part, and how."""
    names = {category.code: category.name for category in data.categories}
    listed = _("、").join(names[code] for code in part.categories)
    if part.within == ONE:
        return _("%(categories)s中的任意一类") % {"categories": listed} if listed else _("任意一类")
    return listed or _("全部类别")


def cohorts_words(minimum: Minimum) -> str:
    """Say for which cohorts a minimum holds."""
    first, last = minimum.cohort_from, minimum.cohort_to
    if first is None and last is None:
        return _("全部年级")
    if last is None:
        return _("%(cohort)s 级起") % {"cohort": first}
    if first is None:
        return _("%(cohort)s 级及以前") % {"cohort": last}
    return _("%(first)s–%(last)s 级") % {"first": first, "last": last}


def _demand(
    data: SchemeData, minimum: Minimum, part: MinimumPart, have: Mapping[str, Decimal], *, overall: bool = False
) -> Demand:
    mine = [have.get(code, ZERO) for code in part.categories] if part.categories else list(have.values())
    there = max(mine, default=ZERO) if part.within == ONE else sum(mine, ZERO)
    step = _step(data, minimum, part, there, _formula(part, mine, there))
    return Demand(part.label, part.least, there, step, overall=overall)


def _formula(part: MinimumPart, mine: Iterable[Decimal], there: Decimal) -> str:
    given = [plain(each) for each in mine if each]
    if len(given) < 2:  # noqa: PLR2004 - one number needs no sum
        counted = plain(there)
    elif part.within == ONE:
        highest = _("取最高(%(given)s)") % {"given": ", ".join(given)}
        counted = f"{highest} = {plain(there)}"
    else:
        counted = f"{' + '.join(given)} = {plain(there)}"
    return f"{counted} {'≥' if there >= part.least else '<'} {plain(part.least)}"


def _step(data: SchemeData, minimum: Minimum, part: MinimumPart, there: Decimal, formula: str) -> Step:
    missing = max(part.least - there, ZERO)
    return Step(
        rule="minimum",
        label=part.label,
        clause=data.clauses[minimum.clause].cite,
        inputs=MappingProxyType({_("类别"): categories_words(data, part)}),
        output=_("还差 %(missing)s") % {"missing": plain(missing)} if missing else _("已达到"),
        formula=formula,
        article=minimum.clause,
    )
