"""The menu entries of publicity."""

from django.utils.translation import gettext_lazy as _

from portal.enums import Role
from portal.navigation import ACCOUNT, SYSTEM, Entry, register
from review.office.navigation import OF_OFFICE, OFFICE

OF_WATCHERS = frozenset({Role.OFFICE.value, Role.COMMITTEE.value, Role.AUDITOR.value})
OF_CALENDAR = frozenset({Role.OFFICE.value, Role.ADMINISTRATOR.value})
register(
    Entry("review:publicity_lists", _("公示与发文"), "megaphone", OFFICE, 32, OF_WATCHERS, needs="part_publicity"),
    Entry("review:objections", _("公示异议"), "flag", OFFICE, 34, OF_OFFICE, needs="part_publicity"),
    Entry("review:public_lists", _("公示名单"), "megaphone", ACCOUNT, 50, needs="part_publicity"),
    Entry("review:my_objections", _("我的异议"), "flag", ACCOUNT, 60, needs="part_publicity"),
    Entry("review:holidays", _("节假日"), "calendar3", SYSTEM, 40, OF_CALENDAR),
)
