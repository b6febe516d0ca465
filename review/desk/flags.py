"""What makes a row of a queue worth a look: it is late, differs, has no suggestion, came back, was escalated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, F, OuterRef, Q, TextChoices
from django.utils.translation import gettext_lazy as _

from conversion.models import ApplicationEvent
from credits.models import ClaimEvent
from review.desk.dates import overdue

if TYPE_CHECKING:
    from credits.stages import Chain


class Flag(TextChoices):
    """Why somebody may want to see the row."""

    LATE = "late", _("已过审核截止时间")
    DIFFERS = "differs", _("建议与申请不同")
    UNSUGGESTED = "unsuggested", _("没有建议")
    AMENDED = "amended", _("退回后重新提交")
    ESCALATED = "escalated", _("提请委员会")


def flagged(flag: str, chain: Chain = "claims") -> Q:
    """Return the condition that a flag stands for; a conversion knows only that it came back."""
    events: Any = ClaimEvent if chain == "claims" else ApplicationEvent
    if flag == Flag.LATE:
        return overdue()
    return {
        Flag.DIFFERS: Q(suggested_points__isnull=False) & ~Q(suggested_points=F("claimed_points")),
        Flag.UNSUGGESTED: Q(suggested_points__isnull=True),
        Flag.AMENDED: Q(Exists(events.objects.filter(subject=OuterRef("pk"), verb="return"))),
        Flag.ESCALATED: ~Q(escalated=""),
    }[Flag(flag)]
