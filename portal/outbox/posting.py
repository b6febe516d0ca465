"""Puts mails into the outbox, in the transaction of what they tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.utils import timezone

from portal.enums import Way
from portal.models import Mail, MailState
from portal.outbox.digests import next_morning
from portal.outbox.ways import ways_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.models import Notice


def post_notices(notices: Sequence[Notice]) -> None:
    """Let each stored notice be mailed as its person wishes; who has no address reads it in the portal.

    An account that was switched off gets no mail: whose address that is by now, nobody knows.
    """
    prefetch_related_objects(notices, "person")
    reached = [notice for notice in notices if notice.person.email and notice.person.is_active]
    if not reached:
        return
    ways = zip(reached, ways_for(reached), strict=True)
    Mail.objects.bulk_create([_mail(notice, way) for notice, way in ways if way != Way.PORTAL], batch_size=1000)


def _mail(notice: Notice, way: str) -> Mail:
    leaves_at = notice.leaves_at or timezone.now()
    gathered = way == Way.DIGEST
    return Mail(
        person_id=notice.person_id,
        notice=notice,
        kind=notice.kind,
        key=f"notice:{notice.pk}",
        subject=one_line(notice.title),
        text=with_link(notice.text, notice.path),
        state=MailState.GATHERING if gathered else MailState.WAITING,
        due_at=next_morning(leaves_at) if gathered else leaves_at,
    )


def one_line(text: str) -> str:
    """Return the text as a subject can carry it."""
    return " ".join(text.split())[:120]


def with_link(text: str, path: str) -> str:
    """Return the text followed by the address of the page that it is about."""
    return "\n".join(part for part in (text, f"{settings.SITE_URL}{path}") if part)
