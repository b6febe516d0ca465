"""What the organisation of the work needs in the world of the journeys: mails that were given up."""

from __future__ import annotations

import datetime

from django.utils import timezone

from credits.models import NoticeText
from credits.services.waivers import Wish, grant_waiver
from portal.enums import NoticeKind, Role
from portal.models import Mail, MailState
from portal.notices import notify
from tests.builders import make_round, make_staff


def organisation(world):
    """Leave a mail in the outbox that the mail server refused for good, let a class claim late, and word a text."""
    late = {"until": timezone.now() + datetime.timedelta(days=60), "reason": "系统故障"}
    group = world.owner.class_group
    world.things["late_round"] = round_ = make_round(world.version, name="往年认定", closes=-1)
    world.things["waiver"] = grant_waiver(round_, world.people["office"], Wish(who=group.name, **late))
    world.things["text"] = NoticeText.objects.create(scheme=world.version.scheme, code="waiver", title="特批")
    colleague = make_staff(Role.COUNSELLOR, name="收件人", scheme=world.version.scheme.code, email="gone@example.org")
    notice = notify(colleague, NoticeKind.INFORMATION, "请注意")
    mail = world.things["mail"] = Mail.objects.get(notice=notice)
    Mail.objects.filter(pk=mail.pk).update(state=MailState.FAILED, attempts=7, error="no such user")


def ways_form(_world):
    """Return the form that chooses other ways than the defaults; kinds that do not reach the person are passed over."""
    return dict.fromkeys(NoticeKind.values, "portal")


def late_form(world):
    """Return the form that lets the owner claim late in the round that has closed."""
    until = timezone.localtime() + datetime.timedelta(days=5)
    return {"who": world.owner.person.number, "until": f"{until:%Y-%m-%dT%H:%M}", "reason": "住院"}


def text_form(_world):
    """Return the form that words a text otherwise."""
    return {"title": "{until}", "text": "", "action": "save"}


FORMS = {"review:waivers": late_form, "review:text_edit": text_form, "notice_settings": ways_form}
EVENTS = {
    "review:waivers": ["grant"],
    "review:waiver_end": ["revoke"],
    "review:text_edit": ["change"],
    "review:text_reset": ["restore"],
    "notice_settings": ["change"],
    "outbox_retry": ["retry"],
    "outbox_retry_all": ["retry"],
}
