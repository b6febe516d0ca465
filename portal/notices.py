"""Tells people what happened, in the portal and by mail, in the transaction in which it happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from portal.models import Notice
from portal.outbox.posting import post_notices
from portal.together import put_off

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

    from portal.models import Person

BATCH = 500


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


def tell_once(notices: Sequence[Notice]) -> int:
    """Leave those of the notices whose ``key`` was not told before, in the caller's transaction; how many.

    Of two workers that come at the same time one finds the other's rows by the constraint, and tells nobody.
    """
    told = 0
    for start in range(0, len(notices), BATCH):
        part = notices[start : start + BATCH]
        keys = [notice.key for notice in part]
        known = set(Notice.objects.filter(key__in=keys).values_list("key", flat=True))
        new = [notice for notice in part if notice.key not in known]
        try:
            with transaction.atomic():
                notify_all(new)
        except IntegrityError:
            continue
        told += len(new)
    return told
