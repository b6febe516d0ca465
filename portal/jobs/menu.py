"""The menu's page of long work."""

from django.utils.translation import gettext_lazy as _

from portal.enums import Role
from portal.navigation import ACCOUNT, Entry, register

STAFF = frozenset(role.value for role in Role if role != Role.STUDENT)

register(Entry("job_list", _("我的任务"), "activity", ACCOUNT, 30, STAFF))
