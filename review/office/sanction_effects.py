"""What a finding of fraud would do to one claim, named before it is done: points, conversions, the team."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Sum

from conversion.holdings import applications_fed_by
from credits.enums import MemberState
from credits.models import Claim, Lot, Member
from credits.services.counting import highest_only
from credits.services.judging import lead_of
from portal.enums import Status
from portal.points import ZERO

if TYPE_CHECKING:
    from decimal import Decimal

    from conversion.models import Application

PENDING = (Status.IN_REVIEW, Status.PUBLICITY, Status.RECOGNISED)


@dataclass(frozen=True, slots=True)
class Effects:
    """What happens at once, and what waits for decisions of its own."""

    revoked: Decimal  # what the ledger takes back now
    used: Decimal  # what conversions hold or have consumed
    applications: tuple[tuple[Application, Decimal], ...]  # each with what it takes of the item
    instead: tuple[Claim, Decimal] | None  # another claim of the project that counts more from then on
    along: tuple[Member, ...]  # mates whose claims are cancelled with the lead's
    apart: tuple[Member, ...]  # mates whose claims are decided by themselves

    @property
    def digest(self) -> str:
        """Return what the confirmation carries: whoever confirms has seen these figures and these conversions."""
        fed = [f"{row.pk}:{row.status}:{row.stage}:{points}" for row, points in self.applications]
        mates = [f"{member.pk}:{member.claim and member.claim.status}" for member in (*self.along, *self.apart)]
        instead = f"{self.instead[0].pk}:{self.instead[1]}" if self.instead else ""
        said = "|".join([str(self.revoked), str(self.used), instead, *fed, "/", *mates])
        return hashlib.sha256(said.encode()).hexdigest()


def effects_of(claim: Claim) -> Effects:
    """Return what cancelling the claim would do as things stand."""
    counts = claim.status == Status.RECOGNISED
    lot = Lot.objects.filter(claim=claim).first() if counts else None
    used = lot.held + lot.consumed if lot else ZERO
    mates = mates_of(claim)
    in_review = claim.status == Status.IN_REVIEW
    return Effects(
        revoked=lot.recognised - used if lot else ZERO,
        used=used,
        applications=tuple((row, taken_by(row, claim)) for row in applications_fed_by(claim)) if used else (),
        instead=_counting_instead(claim) if counts else None,
        along=tuple(mates) if in_review else (),
        apart=() if in_review else tuple(mates),
    )


def taken_by(application: Application, claim: Claim) -> Decimal:
    """Return how many points of the claim a conversion takes."""
    taken = application.lines.filter(lot__claim=claim).aggregate(points=Sum("points"))
    return taken["points"] or ZERO


def mates_of(claim: Claim) -> list[Member]:
    """Return the other members of the claim's team whose claims are pending or recognised, by rank."""
    found = Member.objects.filter(achievement__lead=lead_of(claim), claim__status__in=PENDING)
    found = found.exclude(claim=claim).exclude(state=MemberState.EXCLUDED)
    return list(found.select_related("claim__category", "student__person").order_by("rank"))


def _counting_instead(claim: Claim) -> tuple[Claim, Decimal] | None:
    """Return the claim that would count more once this one of the same project does not, and by how much."""
    if not highest_only(claim):
        return None
    others = Claim.objects.filter(project=claim.project, student_id=claim.student_id, status=Status.RECOGNISED)
    rest = list(others.exclude(pk=claim.pk).select_related("lot", "category"))
    if not rest:
        return None
    best = max(rest, key=lambda row: (row.recognised_points or ZERO, -row.pk))
    more = (best.recognised_points or ZERO) - sum((row.counted for row in rest), ZERO)
    return (best, more) if more > ZERO else None
