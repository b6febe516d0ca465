"""Until when a stage has to decide, by the dates of the round, and how that is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from credits.models import RoundWindow
from credits.stages import stages_decided_by
from portal.enums import Status
from review.desk.flags import DECIDERS

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping

#: So many days before the end a date is warned of.
SOON = 3


def due_dates(rows: Iterable[Mapping[str, Any]]) -> dict[int, datetime.datetime]:
    """Return until when the claims in review have to be decided, by their keys; one query for all of them.

    A cohort's own date goes before the general one; what is of no round, or in a stage without a date, has none.
    """
    open_rows = [row for row in rows if row["status"] == Status.IN_REVIEW and row["round_id"]]
    if not open_rows:
        return {}
    windows = RoundWindow.objects.filter(round__in={row["round_id"] for row in open_rows}, role__in=DECIDERS)
    dated = windows.order_by().values_list("round", "role", "cohort", "closes_at")
    table = {(round_, role, cohort): closes_at for round_, role, cohort, closes_at in dated}
    roles = {role: stages_decided_by(role) for role in DECIDERS}
    found = {}
    for row in open_rows:
        keys = [(row["round_id"], role) for role in DECIDERS if row["stage"] in roles[role]]
        dates = [table.get((*key, row["cohort"])) or table.get((*key, None)) for key in keys]
        if known := [date for date in dates if date is not None]:
            found[row["pk"]] = min(known)
    return found


def time_left(until: datetime.datetime) -> tuple[str, str]:
    """Return how long until a date, or how long since, in words, and the tone: bad, warn, or none."""
    now = timezone.localtime()
    days = (timezone.localtime(until).date() - now.date()).days
    if until < now:
        return (_("已超 %s 天") % -days if days else _("今天已截止")), "bad"
    if not days:
        return _("今天截止"), "warn"
    return _("还剩 %s 天") % days, "warn" if days <= SOON else ""
