"""What came after a decision, or a batch of them, and stands on it: then it cannot be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F, Q
from django.utils.translation import gettext as _

from credits.enums import MemberState
from credits.models import Lot, Member
from portal.enums import Status
from review.models import AgendaItem, Assignment, Delivery, EntryState, ItemOutcome, ListState, PublicityEntry

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    from credits.models import Claim
    from review.models import DecisionBatch, DecisionRow

# What of a list still waits; what was struck or put into effect has moved its claim on.
LIVE = (EntryState.LISTED, EntryState.HELD)


def obstacles(batch: DecisionBatch, rows: Iterable[DecisionRow], claims: dict[int, Claim]) -> list[tuple[str, str]]:
    """Return the claims that hold the batch back, each with one reason, in the batch's order.

    A handful of queries for any number of claims.
    """
    moved = {row.claim_id: _("之后又有新的处理。") for row in rows if claims[row.claim_id].revision != row.revision + 1}
    reasons = {**_of_teams(claims), **standing_on(claims, batch.created_at), **moved}
    named = [(claims[row.claim_id], reasons[row.claim_id]) for row in rows if row.claim_id in reasons]
    return [(f"{claim.student.person.name} · {claim.content}", why) for claim, why in named]


def standing_on(claims: dict[int, Claim], since: datetime.datetime) -> dict[int, str]:
    """Return what others have built on each claim since it was decided; the last reason wins."""
    ids = list(claims)
    delivered = set(
        Delivery.objects.filter(
            round__in={claim.round_id for claim in claims.values()} - {None}, delivered_at__gte=since
        ).values_list("round_id", "college_id")
    )
    reasons = {
        claim.pk: _("学院已报送这个活动的初审结果。")
        for claim in claims.values()
        if (claim.round_id, claim.college_id) in delivered
    }
    spent = Lot.objects.filter(claim__in=_recognised(claims)).filter(Q(held__gt=0) | Q(consumed__gt=0))
    listed = PublicityEntry.objects.filter(claim__in=ids, state__in=LIVE).exclude(list__state=ListState.WITHDRAWN)
    agenda = AgendaItem.objects.filter(claim__in=ids, outcome=ItemOutcome.PENDING)
    assigned = Assignment.objects.counting().filter(claim__in=ids, assigned_at__gte=since)
    for text, found in (
        (_("积分已被转换申请占用或使用。"), spent),
        (_("已列入公示。"), listed),
        (_("已列入评审委员会议程。"), agenda),
        (_("已分配专家评分。"), assigned),
    ):
        reasons |= dict.fromkeys(found.values_list("claim_id", flat=True), text)
    return reasons


def _of_teams(claims: dict[int, Claim]) -> dict[int, str]:
    """Return the leads whose mates do not come back with them in a batch."""
    # What mates hold is their own by then; and a mate whose result differs would not come back with the lead.
    apart = Q(achievement__lead__in=_recognised(claims)) | ~Q(claim__status=F("achievement__lead__status"))
    mates = Member.objects.filter(
        apart, achievement__lead__in=list(claims), claim__isnull=False, state=MemberState.CONFIRMED
    )
    return dict.fromkeys(mates.values_list("achievement__lead_id", flat=True), _("团队成员已随之认定，请逐条处理。"))


def _recognised(claims: dict[int, Claim]) -> list[int]:
    return [claim.pk for claim in claims.values() if claim.status == Status.RECOGNISED]
