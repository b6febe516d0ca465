"""A sanction (违规处理) as people read it: the claim's remark, the appeal's clock, the clause it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from credits.enums import AppealState
from credits.models import Claim, Sanction
from credits.timeline import days_left
from portal.enums import Status
from portal.remarks import Remark

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator

    from portal.models import Person


def appeal_clock(row: Sanction, at: datetime.datetime) -> str:
    """Say how many days are left to appeal; empty once there is an appeal or the last moment has gone."""
    if row.appeal_state != AppealState.NONE or at > row.appeal_until:
        return ""
    return days_left(row.appeal_until, at)


def clause_of(row: Sanction) -> str:
    """Return the article that the sanction rests on, as it is cited."""
    data = row.claim.scheme_version.data
    clause = data.clauses.get(data.sanction.clause) if data.sanction else None
    return clause.cite if clause else ""


def sanction_remarks(subject: Any, reader: Person) -> Iterator[Remark]:
    """Say on a cancelled claim's page what was decided and how long the student may appeal.

    Asks nothing for claims that cannot have been cancelled for fraud, and says nothing to readers who may not know.
    """
    if not isinstance(subject, Claim) or subject.status != Status.REVOKED or not subject.scheme_version.data.sanction:
        return
    row = Sanction.objects.visible_to(reader).filter(claim=subject).first()
    if row is None:
        return
    left = appeal_clock(row, timezone.now())
    appeal = _("申诉%(left)s。") % {"left": left} if left else f"{row.get_appeal_state_display()}。"
    text = _("经查实取消：%(measure)s。%(appeal)s") % {"measure": row.measure.rstrip("。"), "appeal": appeal}
    yield Remark("error", text, reverse("credits:sanction", args=[row.pk]), _("查看处理决定"))
