"""What came after a batch of decisions and stands on it: then the batch cannot be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F, Q
from django.utils.translation import gettext as _

from credits.enums import MemberState
from credits.models import Lot, Member
from portal.enums import Status
from review.models import AgendaItem, Assignment, Delivery, ItemOutcome, ListState, PublicityEntry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from credits.models import Claim
    from review.models import DecisionBatch, DecisionRow


def obstacles(batch: DecisionBatch, rows: Iterable[DecisionRow], claims: dict[int, Claim]) -> list[tuple[str, str]]:
    """Return the claims that hold the batch back, each with one reason, in the batch's order.

    A handful of queries for any number of claims.
    """
    moved = {row.claim_id: _("之后又有新的处理。") for row in rows if claims[row.claim_id].revision != row.revision + 1}
    reasons = {**_standing_on(batch, claims), **moved}
    named = [(claims[row.claim_id], reasons[row.claim_id]) for row in rows if row.claim_id in reasons]
    return [(f"{claim.student.person.name} · {claim.content}", why) for claim, why in named]


def _standing_on(batch: DecisionBatch, claims: dict[int, Claim]) -> dict[int, str]:
    """Return what stands on each claim; the last reason wins."""
    ids, since = list(claims), batch.created_at
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
    recognised = [claim.pk for claim in claims.values() if claim.status == Status.RECOGNISED]
    # What mates hold is their own by then; and a mate whose result differs would not come back with the lead.
    apart = Q(achievement__lead__in=recognised) | ~Q(claim__status=F("achievement__lead__status"))
    mates = Member.objects.filter(apart, achievement__lead__in=ids, claim__isnull=False, state=MemberState.CONFIRMED)
    spent = Lot.objects.filter(claim__in=recognised).filter(Q(held__gt=0) | Q(consumed__gt=0))
    listed = PublicityEntry.objects.filter(claim__in=ids).exclude(list__state=ListState.WITHDRAWN)
    agenda = AgendaItem.objects.filter(claim__in=ids, outcome=ItemOutcome.PENDING)
    assigned = Assignment.objects.counting().filter(claim__in=ids, assigned_at__gte=since)
    for text, found in (
        (_("团队成员已随之认定，请逐条处理。"), mates.annotate(on=F("achievement__lead_id"))),
        (_("积分已被转换申请占用或使用。"), spent.annotate(on=F("claim_id"))),
        (_("已列入公示。"), listed.annotate(on=F("claim_id"))),
        (_("已列入评审委员会议程。"), agenda.annotate(on=F("claim_id"))),
        (_("已分配专家评分。"), assigned.annotate(on=F("claim_id"))),
    ):
        reasons |= dict.fromkeys(found.values_list("on", flat=True), text)
    return reasons
