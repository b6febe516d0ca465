"""Who may look into the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from portal.administration import is_administrator
from portal.enums import Role
from portal.models import Mail, MailState
from portal.verdict import Verdict

if TYPE_CHECKING:
    from portal.models import Person


def can_read_outbox(person: Person) -> Verdict:
    """Administrators and offices see which mails wait and fail, and why; nobody sees there what they say."""
    if is_administrator(person):
        return Verdict.yes(Role.ADMINISTRATOR)
    if person.standing.has(Role.OFFICE):
        return Verdict.yes(Role.OFFICE)
    return Verdict.no(_("发件箱由教务管理部门和系统管理员管理。"))


def can_retry_mail(person: Person, mail: Mail) -> Verdict:
    """Whoever sees a mail in the outbox may have it sent again when it was given up."""
    if not Mail.objects.visible_to(person).filter(pk=mail.pk).exists():
        return Verdict.no(_("发件箱由教务管理部门和系统管理员管理。"))
    if mail.state != MailState.FAILED:
        return Verdict.no(_("这封邮件没有失败，不需要重试。"))
    return can_read_outbox(person)
