"""The moment that decides a deadline: when the present request arrived, not when its files were read.

A certificate that takes a minute over a dormitory's network was handed in when the student pressed the button.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from django.utils import timezone

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator

_arrived: ContextVar[datetime.datetime | None] = ContextVar("arrived", default=None)


def deciding_moment() -> datetime.datetime:
    """Return when the present request arrived, before its body was read; outside of requests, now."""
    return _arrived.get() or timezone.now()


@contextmanager
def arrived(at: datetime.datetime) -> Iterator[None]:
    """Let deadlines be decided by this moment inside the block."""
    token = _arrived.set(at)
    try:
        yield
    finally:
        _arrived.reset(token)
