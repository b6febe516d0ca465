"""The menu's pages of powers."""

from django.utils.translation import gettext_lazy as _

from portal.enums import Role
from portal.navigation import ACCOUNT, SYSTEM, Entry, register

STAFF = frozenset(role.value for role in Role if role != Role.STUDENT)
READERS = frozenset({Role.OFFICE.value, Role.AUDITOR.value, Role.ADMINISTRATOR.value})

register(
    Entry("powers", _("我的权限"), "person-badge", ACCOUNT, 20, STAFF),
    Entry("appointments", _("任职与委托"), "list-check", SYSTEM, 20, READERS),
)
