"""Sends what is due: one mail at a time, again after growing waits, given up in the end.

A mail is taken in one transaction, sent outside of any, and noted in another. Whoever is killed in between leaves it
due again a few minutes later: nothing is lost, and at most the one mail that the server had taken but that was not yet
noted is sent twice, under the same Message-ID.
"""

from __future__ import annotations

import datetime
import logging
from dataclasses import dataclass
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.language import kept_language
from portal.models import Mail, MailState

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.core.mail.backends.base import BaseEmailBackend

logger = logging.getLogger(__name__)

# After this long the worker that took a mail is dead; longer than the mail server is waited for (EMAIL_TIMEOUT).
LEASE = datetime.timedelta(minutes=5)
WAITS = tuple(datetime.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720))
MOST_ATTEMPTS = len(WAITS) + 1
KEPT = datetime.timedelta(days=30)
PERMANENT = 500  # SMTP answers from here on do not change by waiting


@dataclass(slots=True)
class Round:
    """What one round of the postman did; ``away`` when the mail server could not be reached at all."""

    sent: int = 0
    failed: int = 0
    away: bool = False


def deliver_due(stopped: Callable[[], bool] = lambda: False) -> Round:
    """Send what is due, until nothing is, the server is away, or ``stopped`` says so."""
    done = Round()
    server = get_connection()
    try:
        while not done.away and not stopped() and (mail := take()) is not None:
            _deliver(mail, server, done)
    finally:
        server.close()
    return done


def expire_mails() -> int:
    """Delete what was sent a month ago: the notice stays in the portal; how many went."""
    old = Mail.objects.filter(state=MailState.SENT, sent_at__lt=timezone.now() - KEPT)
    return old.delete()[0]


def take() -> Mail | None:
    """Take the mail that is due the longest; another worker passes it over until the lease ends."""
    with transaction.atomic():
        free = Mail.objects.due().select_for_update(
            of=("self",), skip_locked=connection.features.has_select_for_update_skip_locked
        )
        mail = free.select_related("person").first()
        if mail is None:
            return None
        mail.attempts, mail.due_at = mail.attempts + 1, timezone.now() + LEASE
        mail.save(update_fields=["attempts", "due_at"])
    return mail


def _deliver(mail: Mail, server: BaseEmailBackend, done: Round) -> None:
    try:
        problem, final = _send(mail, server, done)
    except Exception as error:
        # One that cannot be put together at all must not keep the others.
        logger.exception("mail %s failed", mail.pk)
        problem, final = f"{type(error).__name__}: {error}", True
    if not problem:
        done.sent += 1
        note(mail, state=MailState.SENT, sent_at=timezone.now(), error="")
        return
    done.failed += 1
    if final or mail.attempts >= MOST_ATTEMPTS:
        note(mail, state=MailState.FAILED, error=problem[:300])
    else:
        note(mail, due_at=timezone.now() + WAITS[mail.attempts - 1], error=problem[:300])


def _send(mail: Mail, server: BaseEmailBackend, done: Round) -> tuple[str, bool]:
    """Send one mail; return what was in the way, and whether waiting is of no use."""
    if mail.attempts > MOST_ATTEMPTS:
        with kept_language():
            return _("发送多次中断。"), True
    if not mail.person.email:
        with kept_language():
            return _("没有邮箱地址。"), True
    if not mail.person.is_active:
        with kept_language():
            return _("账号已停用，不再发送。"), True
    try:
        server.open()
    except (OSError, SMTPException) as error:
        logger.warning("the mail server is away: %s", error)
        done.away = True
        return _words(error), False
    try:
        server.send_messages([message_of(mail, server)])
    except (OSError, SMTPException) as error:
        logger.warning("mail %s was not taken: %s", mail.pk, error)
        server.close()  # in whatever state it is; the next mail opens another
        return _words(error), _is_permanent(error)
    return "", False


def message_of(mail: Mail, server: BaseEmailBackend) -> EmailMessage:
    """Put the mail together; every attempt carries the same Message-ID."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    headers = {
        "Message-ID": f"<{mail.pk}.{mail.created_at:%Y%m%d%H%M%S}@{host}>",
        "Auto-Submitted": "auto-generated",
    }
    return EmailMessage(mail.subject, mail.text, None, [mail.person.email], connection=server, headers=headers)


def _is_permanent(error: Exception) -> bool:
    """Whether the server does not know the address, now and later."""
    if not isinstance(error, SMTPRecipientsRefused):
        return False
    return all(code >= PERMANENT for code, _text in error.recipients.values())


def _words(error: Exception) -> str:
    if isinstance(error, SMTPRecipientsRefused):
        texts = (text.decode(errors="replace") for _code, text in error.recipients.values())
        return " ".join(texts)
    return str(error) or type(error).__name__


def note(mail: Mail, **facts: object) -> None:
    """Write the outcome, unless the mail is another worker's by now."""
    Mail.objects.filter(pk=mail.pk, state=MailState.WAITING, attempts=mail.attempts).update(**facts)
