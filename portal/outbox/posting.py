"""Puts mails into the outbox, in the transaction of what they tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from portal.models import Mail

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.models import Notice


def post_notices(notices: Sequence[Notice]) -> None:
    """Let each stored notice be mailed, when it leaves, to whom has an address; the others read it in the portal."""
    now = timezone.now()
    mails = [
        Mail(
            person_id=notice.person_id,
            notice=notice,
            kind=notice.kind,
            key=f"notice:{notice.pk}",
            subject=one_line(notice.title),
            text=with_link(notice.text, notice.path),
            due_at=notice.leaves_at or now,
        )
        for notice in notices
        if notice.person.email
    ]
    if mails:
        Mail.objects.bulk_create(mails, batch_size=1000)


def one_line(text: str) -> str:
    """Return the text as a subject can carry it."""
    return " ".join(text.split())[:120]


def with_link(text: str, path: str) -> str:
    """Return the text followed by the address of the page that it is about."""
    return "\n".join(part for part in (text, f"{settings.SITE_URL}{path}") if part)
