"""Tells people what happened, in the portal and by mail, in the transaction in which it happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.models import Notice
from portal.outbox.posting import post_notices
from portal.together import put_off

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

    from portal.models import Person


def notify(
    person: Person,
    kind: str,
    title: str,
    *,
    text: str = "",
    path: str = "",
    leaves_at: datetime.datetime | None = None,
) -> Notice:
    """Leave one notice for the person in the caller's transaction, and its mail in the outbox.

    One that ``leaves_at`` a moment is shown, and mailed, from then on; deleted before, it never was.
    """
    facts = {"kind": kind, "title": title[:120], "text": text, "path": path, "leaves_at": leaves_at}
    notice = Notice(person=person, **facts)
    if not put_off(notify_all, notice):
        notice.save(force_insert=True)
        post_notices([notice])
    return notice


def notify_all(notices: Sequence[Notice]) -> None:
    """Leave many notices in the caller's transaction, and their mails in the outbox."""
    post_notices(Notice.objects.bulk_create(notices, batch_size=1000))
