"""One mail a day for what need not be told at once: gathered with the notices, composed in the morning."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.enums import NoticeKind
from portal.language import kept_language
from portal.models import Mail, MailState

if TYPE_CHECKING:
    from collections.abc import Sequence

MORNING = datetime.time(7, 30)
MOST_LINES = 50


def next_morning(at: datetime.datetime) -> datetime.datetime:
    """Return the first moment after ``at`` at which digests are composed."""
    local = timezone.localtime(at)
    morning = local.replace(hour=MORNING.hour, minute=MORNING.minute, second=0, microsecond=0)
    return morning if morning > local else morning + datetime.timedelta(days=1)


def compose_digests() -> int:
    """Put what was gathered into one mail per person; how many mails. Run twice in a day, nobody gets two."""
    due = Mail.objects.filter(state=MailState.GATHERING, due_at__lte=timezone.now())
    people = list(due.order_by("person_id").values_list("person_id", flat=True).distinct())
    return sum(_compose(person) for person in people)


def _compose(person_id: int) -> bool:
    """Turn one person's lines into the mail, in one transaction; what was read in the portal meanwhile is left out.

    Of somebody whose account was switched off meanwhile nothing is left over.
    """
    now = timezone.now()
    key = f"digest:{person_id}:{timezone.localdate(now):%Y-%m-%d}"
    with transaction.atomic():
        gathered = Mail.objects.filter(state=MailState.GATHERING, person=person_id, due_at__lte=now)
        lines = list(gathered.select_for_update(of=("self",)).select_related("notice", "person").order_by("pk"))
        parts = Mail.objects.filter(pk__in=[line.pk for line in lines])
        if Mail.objects.filter(key=key).exists():
            parts.update(due_at=next_morning(now))
            return False
        unread = [line for line in lines if line.person.is_active and line.notice and line.notice.read_at is None]
        parts.delete()
        if unread:
            subject, text = _worded(unread)
            facts = {"kind": NoticeKind.INFORMATION, "subject": subject, "text": text, "due_at": now}
            Mail.objects.create(person_id=person_id, key=key, **facts)
    return bool(unread)


def _worded(lines: Sequence[Mail]) -> tuple[str, str]:
    with kept_language():
        subject = _("每日汇总：%(n)s 条通知") % {"n": len(lines)}
        parts = [f"· {line.subject}\n{line.text}" for line in lines[:MOST_LINES]]
        if (rest := len(lines) - MOST_LINES) > 0:
            parts.append(_("另有 %(n)s 条，请登录系统查看。") % {"n": rest})
        parts.append(_("在“通知设置”中可以选择哪些通知立即发送、汇总发送或只在系统内显示。"))
    return subject, "\n\n".join(parts)
