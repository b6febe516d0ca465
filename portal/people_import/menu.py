"""The administrator's part of the menu."""

from django.utils.translation import gettext_lazy as _

from portal.enums import Role
from portal.navigation import HOME, SYSTEM, Entry, register

register(
    Entry("admin:index", _("系统管理"), "gear", HOME, 90, frozenset({Role.ADMINISTRATOR.value})),
    Entry("people", _("人员"), "people", SYSTEM, 10, frozenset({Role.ADMINISTRATOR.value, Role.OFFICE.value})),
)
