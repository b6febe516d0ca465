"""Until when a stage has to decide, by the dates of the round, which claims are past it, and how that is said.

What was let in late (``credits.waivers``) is bound by no date, in a row, in the late ones and in reminders.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from credits.models import Claim, LateWaiver, RoundWindow
from credits.stages import stages_decided_by
from credits.waivers import let_in_late
from portal.enums import Role, Status
from portal.statements import KeptStatement

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet

#: Who decides stages, and so can be late with one.
DECIDERS = (Role.SECRETARY, Role.OWNER_UNIT, Role.OFFICE)
#: So many days before the end a date is warned of.
SOON = 3


def overdue() -> Q:
    """Return the condition "still in a stage whose date of the round has passed", a cohort's own date before all.

    Nobody is late with what was let in late: it may still be decided.
    """
    late = Q(pk__in=[])
    for role in DECIDERS:
        if codes := stages_decided_by(role):
            windows = RoundWindow.objects.filter(round=OuterRef("round"), role=role)
            passed, own = windows.filter(closes_at__lt=timezone.now()), windows.filter(cohort=OuterRef("cohort"))
            general = Q(Exists(passed.filter(cohort__isnull=True))) & ~Q(Exists(own))
            mine = Q(Exists(passed.filter(cohort=OuterRef("cohort"))))
            late |= Q(stage__in=codes) & (general | mine)
    return Q(status=Status.IN_REVIEW, round__isnull=False) & late & ~let_in_late()


def due_dates(rows: Iterable[Mapping[str, Any]]) -> dict[int, datetime.datetime]:
    """Return until when the claims in review have to be decided, by their keys: one query, or two after waivers.

    A cohort's own date goes before the general one; what is of no round, in a stage without a date, or was let in
    late, has none.
    """
    open_rows = [row for row in rows if row["status"] == Status.IN_REVIEW and row["round_id"]]
    if not open_rows:
        return {}
    rounds = sorted({row["round_id"] for row in open_rows})
    dated = _windows(len(rounds)).rows(*rounds)
    table = {(round_, role, cohort): closes_at for round_, role, cohort, closes_at, _waived in dated}
    free = _free([row["pk"] for row in open_rows]) if any(waived for *_window, waived in dated) else frozenset()
    roles = {role: stages_decided_by(role) for role in DECIDERS}
    found = {}
    for row in open_rows:
        if row["pk"] in free:
            continue
        keys = [(row["round_id"], role) for role in DECIDERS if row["stage"] in roles[role]]
        dates = [table.get((*key, row["cohort"])) or table.get((*key, None)) for key in keys]
        if known := [date for date in dates if date is not None]:
            found[row["pk"]] = min(known)
    return found


@lru_cache(maxsize=32)
def _windows(rounds: int) -> KeptStatement:
    """Return the question for the dates of so many rounds, and whether anybody was let in late: every queue asks it."""

    def ask(*keys: int) -> QuerySet[RoundWindow, tuple[Any, ...]]:
        waived = Exists(LateWaiver.objects.filter(round=OuterRef("round")))
        windows = RoundWindow.objects.filter(round__in=keys, role__in=DECIDERS).order_by()
        return windows.values_list("round", "role", "cohort", "closes_at", waived)

    return KeptStatement(ask, *range(987_654_321, 987_654_321 + rounds))


def _free(claims: list[int]) -> frozenset[int]:
    """Return which of the claims no date binds."""
    return frozenset(Claim.objects.filter(let_in_late(), pk__in=claims).values_list("pk", flat=True))


def time_left(until: datetime.datetime) -> tuple[str, str]:
    """Return how long until a date, or how long since, in words, and the tone: bad, warn, or none."""
    now = timezone.localtime()
    days = (timezone.localtime(until).date() - now.date()).days
    if until < now:
        return (_("已超 %s 天") % -days if days else _("今天已截止")), "bad"
    if not days:
        return _("今天截止"), "warn"
    return _("还剩 %s 天") % days, "warn" if days <= SOON else ""
