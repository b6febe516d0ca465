"""Counts a scheme's claims: how many, how long, how often returned, and where in their range scores lie."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, OuterRef, Q, Sum

from credits.assessing import SCORE
from credits.enums import Channel
from credits.models import Claim, ClaimEvent
from portal.enums import Status
from portal.models import College
from portal.points import ZERO
from review.exports import CHUNK
from review.models import Assignment, AssignmentState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from credits.models import Scheme

PARTS = 5  # of a range: the lowest fifth to the highest
DIMENSIONS = {"category": "category__name", "cohort": "cohort", "year": "academic_year"}
NAMES = ("claims", "recognised", "refused", "returned")
UNHEARD = [Status.DRAFT, Status.WITHDRAWN]
DECIDED = [Status.PUBLICITY, Status.RECOGNISED, Status.REFUSED]
DAY = 24 * 3600
NINE_TENTHS = Decimal("0.9")


def count_claims(scheme: Scheme) -> dict[str, Any]:
    """Return the figures as plain values: what is stored and what the page is made of (five queries).

    Memory grows with colleges and experts, not with claims.
    """
    return {
        "colleges": {str(one.pk): one.name for one in College.objects.all()},
        "counts": list(_counts(scheme)),
        "times": {str(college): _times(days) for college, days in _days(scheme).items()},
        "spread": {str(college): parts for college, parts in _of_colleges(scheme).items()},
        "experts": [[name, parts] for name, parts in sorted(_of_experts(scheme).items())],
    }


def part_of(score: Decimal, low: Decimal, high: Decimal) -> int:
    """Return in which part of its range a score lies; an edge belongs to the part above, the highest to the last."""
    return min(int((score - low) * PARTS / (high - low)), PARTS - 1)


def _claims(scheme: Scheme) -> Any:
    return Claim.objects.filter(scheme=scheme).exclude(status__in=UNHEARD).order_by()


def _counts(scheme: Scheme) -> Iterator[list[Any]]:
    """Yield dimension, college, key, the four counts and the points, each summed over everything else (one query)."""
    returns = ClaimEvent.objects.filter(subject=OuterRef("pk"), verb="return")
    cells = _claims(scheme).annotate(was_returned=Exists(returns)).values("college_id", *DIMENSIONS.values())
    sums: dict[tuple[str, int, Any], list[Any]] = defaultdict(lambda: [0, 0, 0, 0, ZERO])
    for row in cells.annotate(
        claims=Count("pk"),
        recognised=Count("pk", filter=Q(status=Status.RECOGNISED)),
        refused=Count("pk", filter=Q(status=Status.REFUSED)),
        returned=Count("pk", filter=Q(was_returned=True)),
        points=Sum("recognised_points", filter=Q(status=Status.RECOGNISED)),
    ):
        for dimension, path in DIMENSIONS.items():
            mine = sums[dimension, row["college_id"], row[path]]
            for place, name in enumerate(NAMES):
                mine[place] += row[name]
            mine[-1] += row["points"] or ZERO
    for (dimension, college, key), (*numbers, points) in sums.items():
        yield [dimension, college, str(key), *numbers, str(points)]


def _days(scheme: Scheme) -> dict[int, Counter[int]]:
    """Return for each college in how many whole days how many of its claims were decided (one query).

    What an office records is decided as it is written, and would make everybody look quick.
    """
    found: dict[int, Counter[int]] = defaultdict(Counter)
    decided = _claims(scheme).filter(channel=Channel.STUDENT, follows_lead=False, decided_at__gte=F("submitted_at"))
    rows = decided.values_list("college_id", "submitted_at", "decided_at")
    for college, begun, ended in rows.iterator(chunk_size=CHUNK):
        found[college][int((ended - begun).total_seconds() // DAY)] += 1
    return found


def _times(days: Counter[int]) -> list[list[int]]:
    return [[day, number] for day, number in sorted(days.items())]


def quantile(days: list[tuple[int, int]], part: Decimal) -> int | None:
    """Return the day by which this part of the claims was decided; None where none was."""
    total, seen = sum(number for _day, number in days), 0
    for day, number in sorted(days):
        seen += number
        if seen >= part * total:
            return day
    return None


def _of_colleges(scheme: Scheme) -> dict[int, list[int]]:
    """Return for each college how many decided scores lie in each part of their range (one query)."""
    found: dict[int, list[int]] = defaultdict(lambda: [0] * PARTS)
    decided = _claims(scheme).filter(status__in=DECIDED, follows_lead=False)
    rows = decided.values_list("college_id", "trace__range", f"facts__{SCORE}", "recognised_points")
    for college, limits, score, points in rows.iterator(chunk_size=CHUNK):
        if (part := _part(limits, score if score is not None else points)) is not None:
            found[college][part] += 1
    return found


def _of_experts(scheme: Scheme) -> dict[str, list[int]]:
    """Return for each expert where their scores of decided claims lie: what is open stays blind (one query)."""
    found: dict[str, list[int]] = defaultdict(lambda: [0] * PARTS)
    given = Assignment.objects.filter(claim__scheme=scheme, claim__status__in=DECIDED, state=AssignmentState.SCORED)
    rows = given.order_by().values_list("expert__name", "expert__number", "claim__trace__range", "score")
    for name, number, limits, score in rows.iterator(chunk_size=CHUNK):
        if (part := _part(limits, score)) is not None:
            found[f"{name} {number}"][part] += 1
    return found


def _part(limits: Any, score: Any) -> int | None:
    """Return the part, None for what was judged in no range or beyond it (the committee may)."""
    if not limits or score in {None, ""}:
        return None
    low, high, given = Decimal(str(limits[0])), Decimal(str(limits[1])), Decimal(str(score))
    return part_of(given, low, high) if low <= given <= high and low < high else None
