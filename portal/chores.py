"""What the worker does every hour without being asked; the apps above bring theirs along.

A chore must see by itself what is done already: the worker begins anew whenever it is started.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable

from django.utils import timezone

Chore = Callable[[], int]
logger = logging.getLogger(__name__)
_chores: dict[str, Chore] = {}

#: Reminders come at the beginning of the day, before the digests are composed; nobody is woken by one.
DAY_BEGINS = datetime.time(7)


def provide_chore(name: str, chore: Chore) -> None:
    """Let the worker do something every hour; it returns how much there was to do."""
    _chores[name] = chore


def do_chores() -> dict[str, int]:
    """Do all chores; one that fails is logged and keeps no other. Returns how much each had to do."""
    done = {}
    for name, chore in _chores.items():
        try:
            done[name] = chore()
        except Exception:
            logger.exception("the chore %s failed", name)
    return done


def until_day() -> float:
    """Return in how many seconds the next day begins where the university is."""
    now = timezone.localtime()
    begins = now.replace(hour=DAY_BEGINS.hour, minute=DAY_BEGINS.minute, second=0, microsecond=0)
    return ((begins if begins > now else begins + datetime.timedelta(days=1)) - now).total_seconds()


def is_day() -> bool:
    """Whether the day has begun where the university is."""
    return timezone.localtime().time() >= DAY_BEGINS
