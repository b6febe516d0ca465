"""What the public service page (办事指南) of a scheme tells: rounds with their time lines, versions, rulings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from credits.models import Ruling, SchemeVersion
from credits.periods import Period, period_for, periods
from credits.timeline import Timeline, timelines
from credits.windows import round_state
from portal.enums import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from credits.enums import RoundState
    from credits.models import Round, Scheme
    from portal.models import Person

ROUNDS_READ = 12
ROUNDS_SHOWN = 3
RULINGS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class RoundCard:
    """A round on the page."""

    round: Round
    state: RoundState
    timeline: Timeline


def periods_of(scheme: Scheme) -> list[Period]:
    """Return the periods of a scheme's versions today, without reading their texts (one query)."""
    return periods(list(scheme.versions.defer("source")), timezone.localdate())


def version_shown(found: Sequence[Period], cohort: int | None) -> SchemeVersion | None:
    """Return the version that speaks to a cohort, the newest one in force to everybody else."""
    period = period_for(found, cohort) or period_for(found, None)
    return SchemeVersion.objects.select_related("scheme").get(pk=period.version.pk) if period else None


def cohort_of(person: Person) -> int | None:
    """Return the cohort of a student who reads the page."""
    student = getattr(person, "student", None)
    return student.cohort if student else None


def round_cards(version: SchemeVersion) -> list[RoundCard]:
    """Return the published rounds that are not over, the newest first; when all are, the newest one alone."""
    found = version.scheme.rounds.filter(is_published=True).prefetch_related("windows", "files__file")
    rounds = list(found[:ROUNDS_READ])
    now = timezone.now()
    lines = timelines(rounds, version.data, now) if rounds else {}
    cards = [RoundCard(row, round_state(row, now), lines[row.pk]) for row in rounds]
    return [card for card in cards if not card.timeline.is_over][:ROUNDS_SHOWN] or cards[:1]


def rulings_shown(scheme: Scheme) -> Sequence[Ruling]:
    """Return the committee's rulings that became effective, the newest first; never whose achievement it was."""
    found = scheme.rulings.filter(claim__status=Status.RECOGNISED).select_related("category", "draft__version")
    return list(found.defer("draft__source", "draft__version__source")[:RULINGS_SHOWN])
