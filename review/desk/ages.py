"""How long something has waited, in the steps in which people think about it."""

from __future__ import annotations

import datetime

from django.db.models import Q, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Age(TextChoices):
    """How long a claim or an application has been in its present stage."""

    TODAY = "today", _("今天")
    THREE_DAYS = "3d", _("3 天内")
    WEEK = "7d", _("7 天内")
    OLDER = "older", _("7 天以上")


def arrived(age: str) -> Q:
    """Return the condition "entered its stage so long ago"; the four together hold everything once."""
    today = midnight()
    three, seven = (today - datetime.timedelta(days=days) for days in (2, 6))
    return {
        Age.TODAY: Q(stage_entered_at__gte=today),
        Age.THREE_DAYS: Q(stage_entered_at__gte=three, stage_entered_at__lt=today),
        Age.WEEK: Q(stage_entered_at__gte=seven, stage_entered_at__lt=three),
        Age.OLDER: Q(stage_entered_at__lt=seven),
    }[Age(age)]


def midnight() -> datetime.datetime:
    """Return when today began."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def waited(since: datetime.datetime | None, today: datetime.date | None = None) -> int | None:
    """Return the whole days since a moment, None for none; ``today`` spares who asks for many to look it up."""
    if since is None:
        return None
    return ((today or timezone.localdate()) - timezone.localtime(since).date()).days
