"""The menu's pages of mails."""

from django.utils.translation import gettext_lazy as _

from portal.enums import Role
from portal.navigation import ACCOUNT, SYSTEM, Entry, register

KEEPERS = frozenset({Role.OFFICE.value, Role.ADMINISTRATOR.value})

register(
    Entry("notice_settings", _("通知设置"), "bell", ACCOUNT, 40),
    Entry("outbox", _("发件箱"), "send", SYSTEM, 40, KEEPERS),
)
