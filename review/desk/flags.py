"""What makes a claim worth a look of its own: it is late, differs, has no suggestion, came back, was escalated."""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, Q, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from credits.models import ClaimEvent, RoundWindow
from credits.stages import stages_decided_by
from portal.enums import Role, Status

#: Who decides stages, and so can be late with one.
DECIDERS = (Role.SECRETARY, Role.OWNER_UNIT, Role.OFFICE)


class Flag(TextChoices):
    """Why somebody may want to see the claim."""

    LATE = "late", _("已过审核截止时间")
    DIFFERS = "differs", _("建议与申请不同")
    UNSUGGESTED = "unsuggested", _("没有建议")
    AMENDED = "amended", _("退回后重新提交")
    ESCALATED = "escalated", _("提请委员会")


def flagged(flag: str) -> Q:
    """Return the condition that a flag stands for."""
    if flag == Flag.LATE:
        return overdue()
    return {
        Flag.DIFFERS: Q(suggested_points__isnull=False) & ~Q(suggested_points=F("claimed_points")),
        Flag.UNSUGGESTED: Q(suggested_points__isnull=True),
        Flag.AMENDED: Q(Exists(ClaimEvent.objects.filter(subject=OuterRef("pk"), verb="return"))),
        Flag.ESCALATED: ~Q(escalated=""),
    }[Flag(flag)]


def overdue() -> Q:
    """Return the condition "still in a stage whose date of the round has passed", a cohort's own date before all."""
    late = Q(pk__in=[])
    for role in DECIDERS:
        if codes := stages_decided_by(role):
            windows = RoundWindow.objects.filter(round=OuterRef("round"), role=role)
            passed, own = windows.filter(closes_at__lt=timezone.now()), windows.filter(cohort=OuterRef("cohort"))
            general = Q(Exists(passed.filter(cohort__isnull=True))) & ~Q(Exists(own))
            mine = Q(Exists(passed.filter(cohort=OuterRef("cohort"))))
            late |= Q(stage__in=codes) & (general | mine)
    return Q(status=Status.IN_REVIEW, round__isnull=False) & late
