"""What a student may claim now: rounds, their categories, and why something is closed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils import timezone

from credits.eligibility import bar_of
from credits.enums import Channel
from credits.models import Category, Coverage, Round
from credits.rules import barred
from credits.services.claims import version_for
from credits.waivers import waivers_of
from credits.windows import closing_reason, has_begun_for, is_open_for, window_for
from portal.enums import Role

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping, Sequence

    from django.utils.functional import Promise

    from credits.evaluation import Category as Rules
    from credits.models import LateWaiver, Sanction, SchemeVersion
    from portal.models import Student


@dataclass(frozen=True, slots=True)
class Choice:
    """One category that a round takes."""

    category: Category
    rules: Rules


@dataclass(frozen=True, slots=True)
class Offer:
    """One round as the student sees it: open with its deadline, or closed with the reason."""

    round: Round
    version: SchemeVersion
    is_open: bool
    closes_at: datetime.datetime | None
    reason: str | Promise
    choices: tuple[Choice, ...]
    waiver: LateWaiver | None = None  # what opens the round to this student after its deadline
    bar: Sanction | None = None  # what keeps this student from claiming while others may

    @property
    def hurries(self) -> bool:
        """Whether the deadline is within three days."""
        return self.is_open and self.closes_at is not None and (self.closes_at - timezone.now()).days < 3  # noqa: PLR2004


def rounds_for(student: Student) -> list[Round]:
    """Return the published rounds of the schemes that cover the student, newest first, with windows and categories."""
    covering = Coverage.objects.of(student).values("scheme_id")
    found = Round.objects.filter(is_published=True, scheme__in=covering)
    return list(found.select_related("scheme").prefetch_related("windows", "categories"))


def offers_for(student: Student) -> list[Offer]:
    """Return the rounds, open ones first."""
    rounds = rounds_for(student)
    waivers = _waivers(rounds, student)
    found = (_offer(round_, student, waivers.get(round_.pk)) for round_ in rounds)
    offers = [offer for offer in found if offer is not None]
    schemes = {offer.round.scheme_id: offer for offer in offers if offer.is_open}
    bars = {pk: _bar_of(offer, student) for pk, offer in schemes.items()}
    return sorted((_unless_barred(offer, bars) for offer in offers), key=lambda offer: not offer.is_open)


def _bar_of(offer: Offer, student: Student) -> Sanction | None:
    """Return what keeps the student from claiming; asks only where the scheme has sanctions."""
    return bar_of(student, offer.round.scheme) if offer.version.data.sanction is not None else None


def _unless_barred(offer: Offer, bars: Mapping[int, Sanction | None]) -> Offer:
    """Close an open round to a student whom a sanction keeps from claiming."""
    bar = bars.get(offer.round.scheme_id)
    if bar is None or not offer.is_open:
        return offer
    return replace(offer, is_open=False, reason=barred(bar).reason, bar=bar)


def _waivers(rounds: Sequence[Round], student: Student) -> Mapping[int, LateWaiver]:
    """Return the student's waivers of rounds that their dates have closed; asks only where there are such rounds."""
    begun = [row for row in rounds if has_begun_for(row, Role.STUDENT, student.cohort)]
    closed = {row.pk for row in begun if not is_open_for(row, Role.STUDENT, student.cohort)}
    return {key: row for key, row in waivers_of(student).items() if key in closed} if closed else {}


def _offer(round_: Round, student: Student, waiver: LateWaiver | None) -> Offer | None:
    try:
        version = version_for(round_, student)
    except ValidationError:
        return None
    rules = {category.code: category for category in version.data.categories}
    mine = [row for row in round_.categories.all() if row.channel == Channel.STUDENT and row.code in rules]
    window = window_for(round_, Role.STUDENT, student.cohort)
    open_now = waiver is not None or is_open_for(round_, Role.STUDENT, student.cohort)
    return Offer(
        round=round_,
        version=version,
        is_open=open_now,
        closes_at=waiver.until if waiver else window.closes_at if window else None,
        reason="" if open_now else closing_reason(round_, Role.STUDENT, student.cohort),
        choices=tuple(Choice(row, rules[row.code]) for row in sorted(mine, key=lambda row: row.position)),
        waiver=waiver,
    )


def recorded_for(student: Student) -> list[Category]:
    """Return the categories that offices record for the student: nothing to apply for."""
    covering = Coverage.objects.of(student).values("scheme_id")
    return list(Category.objects.filter(scheme__in=covering, channel=Channel.OFFICE))
