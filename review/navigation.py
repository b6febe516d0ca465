"""The menu entries of the desks."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.enums import Role
from portal.navigation import HOME, SYSTEM, Entry, Group, register

READERS = frozenset(
    role.value
    for role in (
        Role.SECRETARY,
        Role.OFFICE,
        Role.COUNSELLOR,
        Role.OWNER_UNIT,
        Role.AUDITOR,
        Role.COMMITTEE,
    )
)
FILERS = frozenset({Role.SECRETARY.value, Role.OFFICE.value})
WATCHERS = frozenset({Role.SECRETARY.value, Role.COUNSELLOR.value, Role.OFFICE.value, Role.AUDITOR.value})
AUDIT = frozenset({Role.OFFICE.value, Role.AUDITOR.value, Role.ADMINISTRATOR.value})
REVIEW = Group("review", _("审核工作"), 200)
register(
    Entry("review:desk", _("审核工作台"), "house", HOME, 20, READERS, dock=True),
    Entry("review:claims", _("申报审核"), "clipboard-check", REVIEW, 10, READERS, dock=True),
    Entry(
        "review:applications",
        _("转换审核"),
        "arrow-left-right",
        REVIEW,
        20,
        READERS,
        word="applications_page",
        dock=True,
    ),
    Entry("review:filing", _("申请表备案"), "archive", REVIEW, 30, FILERS, dock=True),
    Entry("review:missing", _("待交申请表"), "card-checklist", REVIEW, 40, FILERS),
    Entry("review:graduation", _("毕业预警"), "mortarboard", REVIEW, 60, WATCHERS, needs="part_minima"),
    Entry("review:audit", pgettext_lazy("page", "审计"), "shield-check", SYSTEM, 30, AUDIT),
    Entry("review:results", _("转换结果公布"), "megaphone", REVIEW, 50, FILERS, needs="part_results"),
)
