"""Whose a row of a shared queue is: of one's own office, of somebody one stands in for, or already in one's hands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, TextChoices
from django.utils.translation import gettext_lazy as _

from conversion.models import ApplicationEvent
from credits.models import ClaimEvent
from credits.querysets import NOBODY, scope
from credits.stages import stages_decided_by
from portal.enums import Status

if TYPE_CHECKING:
    from credits.stages import Chain
    from portal.models import Person

#: What somebody does to a row while it is reviewed, so that it is theirs to look at again.
HANDLING = ("approve", "return", "refuse")


class Share(TextChoices):
    """In what way a row is the person's own business."""

    OWN = "own", _("我本人负责的")
    DEPUTY = "deputy", _("我代他人负责的")
    HANDLED = "handled", _("我处理过的")


def shares_for(person: Person, chain: Chain = "claims") -> list[Share]:
    """Return what the person can tell apart: nothing for readers, own and others' only while a power was passed on."""
    powers = [power for power in person.standing.powers if stages_decided_by(power.role, power.scheme_code, chain)]
    if any(power.delegated_by_id for power in powers):
        return list(Share)
    return [Share.HANDLED] if powers else []


def share_of(share: Share, person: Person, chain: Chain = "claims") -> Q:
    """Return the condition that a share stands for. In review a row is of those who decide its present stage."""
    if share == Share.HANDLED:
        events: Any = ClaimEvent if chain == "claims" else ApplicationEvent
        mine = events.objects.filter(subject=OuterRef("pk"), actor=person, verb__in=HANDLING)
        return Q(Exists(mine))
    found = NOBODY
    for power in person.standing.powers:
        stages = stages_decided_by(power.role, power.scheme_code, chain)
        if (
            stages
            and (chain == "claims" or not power.category_code)
            and bool(power.delegated_by_id) == (share == Share.DEPUTY)
        ):
            found |= scope(power) & (Q(stage__in=stages) | ~Q(status=Status.IN_REVIEW))
    return found
