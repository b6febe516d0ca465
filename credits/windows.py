"""Who may act in a round at a moment: the windows per role and cohort."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from credits.enums import RoundState
from portal.moments import deciding_moment

if TYPE_CHECKING:
    import datetime

    from django.utils.functional import Promise

    from credits.models import Round, RoundWindow


def window_for(round_: Round, role: str, cohort: int | None) -> RoundWindow | None:
    """Return the window that holds for the role: the cohort's own before the general one, None if nothing is set.

    Reads ``round_.windows.all()``, so that a list prefetches once.
    """
    rows = [row for row in round_.windows.all() if row.role == role]
    own = [row for row in rows if cohort is not None and row.cohort == cohort]
    general = [row for row in rows if row.cohort is None]
    return next(iter(own + general), None)


def is_open_for(round_: Round, role: str, cohort: int | None, at: datetime.datetime | None = None) -> bool:
    """Whether the role may act now. Students need a window; for the others no window means no limit.

    The first moment belongs to the window, the last one does too: what arrives at the deadline is in time.
    """
    window = window_for(round_, role, cohort)
    if window is None:
        return role != "student"
    return window.opens_at <= (at or deciding_moment()) <= window.closes_at


def has_begun_for(round_: Round, role: str, cohort: int | None) -> bool:
    """Whether the role's window has opened, closed again or not; without a window nothing is waited for."""
    window = window_for(round_, role, cohort)
    return window is None or window.opens_at <= deciding_moment()


def round_state(round_: Round, at: datetime.datetime | None = None) -> RoundState:
    """Where the round stands: hidden, or before, within or after the students' windows (all cohorts together).

    Reads ``round_.windows.all()``, so that a list prefetches once.
    """
    if not round_.is_published:
        return RoundState.HIDDEN
    now = at or deciding_moment()
    windows = [row for row in round_.windows.all() if row.role == "student"]
    if not windows or now < min(row.opens_at for row in windows):
        return RoundState.COMING
    return RoundState.OPEN if now <= max(row.closes_at for row in windows) else RoundState.CLOSED


def closing_reason(round_: Round, role: str, cohort: int | None) -> str | Promise:
    """Say why the role may not act now, with the date that decides."""
    window = window_for(round_, role, cohort)
    if window is None:
        return _("该活动没有对你的年级开放。")
    now = deciding_moment()
    if now < window.opens_at:
        return format_lazy(_("尚未开放，开放时间为 {when}。"), when=_moment(window.opens_at))
    return format_lazy(_("已于 {when} 截止，如有特殊情况请联系学院或教学管理部门。"), when=_moment(window.closes_at))


def _moment(value: datetime.datetime) -> str:
    return date_format(timezone.localtime(value), "Y-m-d H:i")
