"""What students have of what is demanded before graduation: one student's verdicts, and a list's in one statement.

The ledger is asked, so only what is recognised and effective counts: nothing pending, nothing revoked or cancelled.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Case, ExpressionWrapper, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from credits.evaluation.minima import Amounts, MinimumVerdict, judge_minimum
from credits.evaluation.scheme.minima import ONE
from credits.models import Category, Coverage, Lot, SchemeVersion
from credits.periods import periods
from portal.points import ZERO, PointsField

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from credits.evaluation.scheme import Minimum, MinimumPart
    from credits.models import Scheme
    from credits.periods import Span
    from portal.models import Student

    Sums = dict[str, Amounts]  # category → what is recognised, held, consumed

COUNTED = {
    "recognised": F("recognised"),
    "unused": F("recognised") - F("consumed"),
    "usable": F("recognised") - F("consumed") - F("held"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A minimum that holds today, and the cohorts for which its version does."""

    version: SchemeVersion
    minimum: Minimum
    cohorts: tuple[Span, ...]

    @property
    def students(self) -> Q:
        """Return which students it holds for."""
        minimum = self.minimum
        found = Q()
        for first, last in self.cohorts:
            found |= Q(cohort__gte=first, cohort__lte=last)
        if minimum.cohort_from is not None:
            found &= Q(cohort__gte=minimum.cohort_from)
        if minimum.cohort_to is not None:
            found &= Q(cohort__lte=minimum.cohort_to)
        return found & Q(kind__in=minimum.student_kinds) if minimum.student_kinds else found

    def holds_for(self, cohort: int, kind: str) -> bool:
        """Whether it holds for a student of the cohort and kind."""
        mine = any(first <= cohort <= last for first, last in self.cohorts)
        return mine and self.minimum.holds_for(cohort, kind)

    def judge(self, sums: Sums) -> MinimumVerdict:
        """Hold what a student has against it."""
        return judge_minimum(self.version.data, self.minimum, sums)


@dataclass(frozen=True, slots=True)
class SchemeVerdict:
    """What a scheme's version demands of one student, and what of it is there."""

    version: SchemeVersion
    verdict: MinimumVerdict


def rules_of(scheme: Scheme) -> list[Rule]:
    """Return the scheme's minima of the versions that hold today; one query."""
    found = periods(list(scheme.versions.all()), timezone.localdate())
    return [
        Rule(period.version, minimum, period.cohorts)
        for period in found
        if period.holds
        for minimum in period.version.data.minima
    ]


def sums_of(scheme: Scheme, students: Iterable[int]) -> dict[int, Sums]:
    """Return what counts of these students by category; one query, nothing for who has nothing."""
    found: dict[int, Sums] = defaultdict(dict)
    for _scheme, student, code, amounts in _sums(Lot.objects.filter(scheme=scheme, student__in=list(students))):
        found[student][code] = amounts
    return found


def verdicts_of(student: Student) -> list[SchemeVerdict]:
    """Return what the schemes that cover the student demand, those that demand nothing left out; two queries."""
    mine = Coverage.objects.of(student).values("scheme_id")
    found = SchemeVersion.objects.in_force(timezone.localdate(), student.cohort).filter(scheme__in=mine)
    newest: dict[int, SchemeVersion] = {}
    for version in found.select_related("scheme"):
        newest.setdefault(version.scheme_id, version)
    held = [version for version in newest.values() if version.data.minimum_for(student.cohort, student.kind)]
    if not held:
        return []
    sums: dict[int, Sums] = defaultdict(dict)
    for scheme, _student, code, amounts in _sums(Lot.objects.of(student)):
        sums[scheme][code] = amounts
    verdicts = ((version, verdict_under(version, student, sums[version.scheme_id])) for version in held)
    return [SchemeVerdict(version, verdict) for version, verdict in verdicts if verdict]


def verdict_under(version: SchemeVersion, student: Student, sums: Sums) -> MinimumVerdict | None:
    """Return what a version demands of the student; None for who is exempt."""
    minimum = version.data.minimum_for(student.cohort, student.kind)
    return judge_minimum(version.data, minimum, sums) if minimum else None


def sums_of_lots(lots: Iterable[Lot]) -> Sums:
    """Return what counts of lots that are already read, their categories included."""
    found: Sums = {}
    for lot in lots:
        if not lot.cancelled:
            before = found.get(lot.category.code, Amounts(ZERO))
            found[lot.category.code] = Amounts(
                before.recognised + lot.recognised, before.held + lot.held, before.consumed + lot.consumed
            )
    return found


def with_missing(students: QuerySet[Student], scheme: Scheme, rules: Sequence[Rule]) -> QuerySet[Student]:
    """Return those of the students who stand under a rule, each with the points ``missing``: one statement for all.

    The same arithmetic as ``judge_minimum``: what the parts lack adds up, unless more lacks in all. Each student's lots
    are summed by their index, so that a college costs a college and a count stops early.
    """
    demanded = Q(pk__in=[])
    for rule in rules:
        demanded |= rule.students
    lots = Lot.objects.filter(student=OuterRef("pk"), scheme=scheme, cancelled=False).order_by().values("student")
    codes: dict[str, int] = dict(Category.objects.filter(scheme=scheme).values_list("code", "pk"))
    missing = Case(
        *(When(rule.students, then=_missing_of(lots, rule, codes)) for rule in rules),
        default=_points(ZERO),
        output_field=PointsField(),
    )
    return students.filter(demanded).annotate(missing=missing)


def _missing_of(lots: QuerySet, rule: Rule, codes: dict[str, int]) -> Coalesce:
    """Return the shortfall of one student under a rule, all of the demand for who has no lot."""
    mine = lots.annotate(short=_missing(rule.minimum, codes)).values("short")
    nothing = rule.judge({}).missing
    return Coalesce(Subquery(mine, output_field=PointsField()), _points(nothing), output_field=PointsField())


def _sums(lots: QuerySet[Lot]) -> list[tuple[int, int, str, Amounts]]:
    rows = lots.filter(cancelled=False).order_by().values_list("scheme_id", "student_id", "category__code")
    summed = rows.annotate(recognised=Sum("recognised"), held=Sum("held"), consumed=Sum("consumed"))
    return [(scheme, student, code, Amounts(*amounts)) for scheme, student, code, *amounts in summed]


def _missing(minimum: Minimum, codes: dict[str, int]) -> Any:
    """Return the expression of the shortfall under one minimum."""
    everything = sorted(codes.values())
    total = _short(minimum.total, _sum(minimum, None))
    parts: Any = None
    for part in minimum.parts:
        lacks = _short(part.least, _there(minimum, part, codes, everything))
        parts = lacks if parts is None else _wrapped(parts + lacks)
    if parts is None:
        return total
    return Greatest(total, parts, output_field=PointsField()) if minimum.total else parts


def _there(minimum: Minimum, part: MinimumPart, codes: dict[str, int], everything: list[int]) -> Any:
    wanted = [codes[code] for code in part.categories if code in codes] if part.categories else everything
    if part.within != ONE:
        return _sum(minimum, wanted if part.categories else None)
    each = [_sum(minimum, [category]) for category in wanted]
    return Greatest(*each, output_field=PointsField()) if len(each) > 1 else (each or [_points(ZERO)])[0]


def _sum(minimum: Minimum, categories: list[int] | None) -> Any:
    only = None if categories is None else Q(category__in=categories)
    return Coalesce(Sum(_wrapped(COUNTED[minimum.counts]), filter=only), _points(ZERO), output_field=PointsField())


def _short(least: Decimal, there: Any) -> Any:
    return Greatest(_points(ZERO), _wrapped(_points(least) - there), output_field=PointsField())


def _points(value: Decimal) -> Value:
    return Value(value, output_field=PointsField())


def _wrapped(expression: Any) -> ExpressionWrapper:
    return ExpressionWrapper(expression, output_field=PointsField())
