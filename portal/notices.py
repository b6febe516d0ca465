"""Tells people what happened, in the portal and by mail, once the transaction has committed."""

from __future__ import annotations

import logging
from functools import partial
from smtplib import SMTPException
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMessage, get_connection, send_mail
from django.db import transaction
from django_tasks import task

from portal.models import Notice
from portal.together import put_off

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

    from portal.models import Person

logger = logging.getLogger(__name__)


def notify(
    person: Person,
    kind: str,
    title: str,
    *,
    text: str = "",
    path: str = "",
    leaves_at: datetime.datetime | None = None,
) -> Notice:
    """Leave one notice for the person in the caller's transaction; mail follows on commit when an address is known.

    One that ``leaves_at`` a moment is shown, and mailed by a worker, from then on; deleted before, it never was.
    """
    facts = {"kind": kind, "title": title[:120], "text": text, "path": path, "leaves_at": leaves_at}
    notice = Notice(person=person, **facts)
    if put_off(notify_all, notice):
        return notice
    notice.save(force_insert=True)
    if person.email and leaves_at is not None:
        mail_held_notice.using(run_after=leaves_at).enqueue(notice.pk)
    elif person.email:
        transaction.on_commit(partial(send_notice, title, f"{text}\n{settings.SITE_URL}{path}", person.email))
    return notice


@task()
def mail_held_notice(notice_id: int) -> None:
    """Mail a notice that was kept back, unless what it tells of was taken back meanwhile."""
    notice = Notice.objects.select_related("person").filter(pk=notice_id).first()
    if notice is not None and notice.person.email:
        send_notice(notice.title, f"{notice.text}\n{settings.SITE_URL}{notice.path}", notice.person.email)


def notify_all(notices: Sequence[Notice]) -> None:
    """Leave many notices in the caller's transaction; the mails follow on commit, over one connection."""
    Notice.objects.bulk_create(notices, batch_size=1000)
    for n in notices:
        if n.leaves_at is not None and n.person.email:
            mail_held_notice.using(run_after=n.leaves_at).enqueue(n.pk)
    mails = [
        EmailMessage(n.title, f"{n.text}\n{settings.SITE_URL}{n.path}", None, [n.person.email])
        for n in notices
        if n.person.email and n.leaves_at is None
    ]
    if mails:
        transaction.on_commit(partial(send_mails, mails))


def send_mails(mails: Sequence[EmailMessage]) -> None:
    """Send many mails; a mail server that is away must not undo what was done, so the failure is logged."""
    try:
        get_connection().send_messages(mails)
    except (OSError, SMTPException):
        logger.exception("mail to %s recipients failed", len(mails))


def send_notice(title: str, body: str, address: str) -> None:
    """Send one mail; a mail server that is away must not undo a decision: it is logged and the notice stands."""
    try:
        send_mail(title, body, None, [address])
    except (OSError, SMTPException):
        logger.exception("mail to one recipient failed")
