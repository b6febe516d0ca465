"""What the organisation of the work needs in the world of the journeys: mails that were given up."""

from __future__ import annotations

from portal.enums import NoticeKind
from portal.models import Mail, MailState
from portal.notices import notify
from tests.builders import make_person


def organisation(world):
    """Leave a mail in the outbox that the mail server refused for good."""
    notice = notify(make_person(name="收件人", email="gone@example.org"), NoticeKind.INFORMATION, "请注意")
    mail = world.things["mail"] = Mail.objects.get(notice=notice)
    Mail.objects.filter(pk=mail.pk).update(state=MailState.FAILED, attempts=7, error="no such user")


def ways_form(_world):
    """Return the form that chooses other ways than the defaults; kinds that do not reach the person are passed over."""
    return dict.fromkeys(NoticeKind.values, "portal")


FORMS = {"notice_settings": ways_form}
EVENTS = {
    "notice_settings": ["change"],
    "outbox_retry": ["retry"],
    "outbox_retry_all": ["retry"],
}
