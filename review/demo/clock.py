"""Lets the demo's verbs happen on the days of its calendar: last year's round was decided last year."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from django.utils import timezone


@contextmanager
def at(moment: datetime.datetime) -> Iterator[None]:
    """Make ``timezone.now()`` this moment for what is called inside; services and their events read nothing else."""
    with mock.patch.object(timezone, "now", return_value=moment):
        yield
