"""The outbox's place in the menu."""

from django.utils.translation import gettext_lazy as _

from portal.enums import Role
from portal.navigation import SYSTEM, Entry, register

KEEPERS = frozenset({Role.OFFICE.value, Role.ADMINISTRATOR.value})

register(Entry("outbox", _("发件箱"), "send", SYSTEM, 40, KEEPERS))
