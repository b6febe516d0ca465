"""Which version of a regulation holds when, and for which cohorts: pure, over versions that are already read."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from credits.models import SchemeVersion

FIRST, LAST = 0, 9999  # stand for cohorts without a limit
ONE_DAY = datetime.timedelta(days=1)
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Period:
    """From when to when a version holds; ``cohorts`` are those for whom it does on the day that was asked about.

    ``ends_on`` is the last day on which it holds for anybody (None: no later version takes all of its cohorts), ``by``
    the version that takes the last of them.
    """

    version: SchemeVersion
    state: str  # coming, current, partly, past
    cohorts: tuple[Span, ...]
    ends_on: datetime.date | None = None
    by: SchemeVersion | None = None

    @property
    def holds(self) -> bool:
        """Whether new claims of somebody are judged by it."""
        return self.state in {"current", "partly"}

    @property
    def never_held(self) -> bool:
        """Whether another version took its place before its first day."""
        return self.ends_on is not None and self.ends_on < self.version.effective_from

    @property
    def cohort_words(self) -> str:
        """Say for which cohorts it holds now, or was made when it holds for none."""
        return _("、").join(map(_words, self.cohorts or (_span(self.version),)))


def periods(versions: Sequence[SchemeVersion], day: datetime.date) -> list[Period]:
    """Return the period of each version of one scheme, the newest first.

    Of two versions that hold for a cohort on a day the later one goes before, like ``SchemeVersion.objects.in_force``.
    """
    ordered = sorted(versions, key=lambda row: (row.effective_from, row.pk), reverse=True)
    return [_period(version, ordered[:place][::-1], day) for place, version in enumerate(ordered)]


def period_for(found: Sequence[Period], cohort: int | None) -> Period | None:
    """Return the version that holds for a cohort (for anybody when None), the newest of several."""
    for row in found:
        if row.holds and (cohort is None or any(first <= cohort <= last for first, last in row.cohorts)):
            return row
    return None


def _period(version: SchemeVersion, later: Sequence[SchemeVersion], day: datetime.date) -> Period:
    own: tuple[Span, ...] = (_span(version),)
    left = now = own
    ends_on, by = None, None
    for other in later:
        left = _without(left, _span(other))
        if other.effective_from <= day:
            now = left
        if not left:
            ends_on, by = other.effective_from - ONE_DAY, other
            break
    if not now:
        state = "past"
    elif version.effective_from > day:
        state = "coming"
    else:
        state = "current" if now == own else "partly"
    return Period(version, state, now, ends_on, by)


def _span(version: SchemeVersion) -> Span:
    first, last = version.cohort_from, version.cohort_to
    return (FIRST if first is None else first, LAST if last is None else last)


def _without(spans: tuple[Span, ...], taken: Span) -> tuple[Span, ...]:
    """Return what is left of the spans when one is taken out of each."""
    parts = ((first, min(last, taken[0] - 1), max(first, taken[1] + 1), last) for first, last in spans)
    return tuple(
        span for first, until, since, last in parts for span in ((first, until), (since, last)) if span[0] <= span[1]
    )


def _words(span: Span) -> str:
    first, last = span
    if first == FIRST and last == LAST:
        return _("全部年级")
    if last == LAST:
        return _("%(cohort)s 级起") % {"cohort": first}
    if first == FIRST:
        return _("%(cohort)s 级及以前") % {"cohort": last}
    return _("%(first)s–%(last)s 级") % {"first": first, "last": last}
