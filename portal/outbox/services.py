"""What people do with the outbox: have sent again what was given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from portal.models import Mail, MailState
from portal.outbox.rules import can_read_outbox, can_retry_mail
from portal.trail import record
from portal.workflow import NotAllowed

if TYPE_CHECKING:
    from portal.models import Person

KIND = "mail"


def retry_mail(mail: Mail, actor: Person) -> Mail:
    """Let a mail that was given up wait anew, with all its attempts; raises ``NotAllowed`` for any other."""
    with transaction.atomic():
        row = Mail.objects.select_for_update(of=("self",)).select_related("person").get(pk=mail.pk)
        verdict = can_retry_mail(actor, row)
        if not verdict:
            raise NotAllowed(verdict)
        before = {"state": row.state, "attempts": row.attempts, "error": row.error}
        row.state, row.attempts, row.error, row.due_at = MailState.WAITING, 0, "", timezone.now()
        row.save(update_fields=["state", "attempts", "error", "due_at"])
        after = {"state": row.state, "attempts": 0, "error": ""}
        record("retry", actor, kind=KIND, key=row.pk, label=str(row.person), role=verdict.role, changes=(before, after))
    return row


def retry_all(actor: Person) -> int:
    """Let everything wait anew that was given up and that the actor looks after; how many. None means no event."""
    verdict = can_read_outbox(actor)
    if not verdict:
        raise NotAllowed(verdict)
    with transaction.atomic():
        given_up = Mail.objects.visible_to(actor).filter(state=MailState.FAILED)
        number = given_up.update(state=MailState.WAITING, attempts=0, error="", due_at=timezone.now())
        if number:
            record("retry", actor, kind=KIND, key="all", role=verdict.role, changes=({}, {"rows": number}))
    return number
