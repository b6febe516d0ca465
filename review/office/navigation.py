"""The office's part of the menu."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.enums import Role
from portal.navigation import SYSTEM, Entry, Group, register

OFFICE = Group("office", _("业务管理"), 400)
OF_OFFICE = frozenset({Role.OFFICE.value})
OF_IMPORTERS = frozenset({Role.OFFICE.value, Role.ADMINISTRATOR.value})
OF_RECORDERS = frozenset({Role.OFFICE.value, Role.OWNER_UNIT.value, Role.AUDITOR.value})
OF_REPORTERS = frozenset({Role.OFFICE.value, Role.AUDITOR.value})

OF_REPORTS = frozenset({*OF_REPORTERS, Role.SECRETARY.value})

OF_RULERS = frozenset({Role.OFFICE.value, Role.COMMITTEE.value, Role.AUDITOR.value})

register(
    Entry("review:rounds", _("活动管理"), "calendar3", OFFICE, 10, OF_OFFICE),
    Entry("review:courses", _("课程与开课"), "mortarboard", OFFICE, 20, OF_OFFICE),
    Entry("review:library", _("创新成果库"), "trophy", OFFICE, 25, OF_OFFICE, needs="library"),
    Entry("review:plans", _("培养方案"), "journal-text", OFFICE, 22, OF_OFFICE, needs="offsets"),
    Entry("review:imports", _("部门录入"), "upload", OFFICE, 30, OF_RECORDERS, needs="part_recorded"),
    Entry("review:import_history", _("导入记录"), "upload", SYSTEM, 15, OF_IMPORTERS),
    Entry(
        "review:sanctions",
        pgettext_lazy("list", "违规处理"),
        "slash-circle",
        OFFICE,
        36,
        OF_RULERS,
        needs="part_sanctions",
    ),
    Entry("review:points", _("学生积分汇总"), "bar-chart", OFFICE, 40, OF_REPORTERS, word="summary_page"),
    Entry("review:reports", _("报表"), "file-earmark-spreadsheet", OFFICE, 55, OF_REPORTS),
    Entry("review:statistics", _("统计"), "bar-chart", OFFICE, 56, OF_REPORTS),
    Entry("review:records", _("认定记录"), "file-earmark-text", OFFICE, 45, OF_REPORTERS),
    Entry("review:grades", _("转换成绩登记"), "journal-check", OFFICE, 50, OF_REPORTERS, word="register_page"),
    Entry("review:reader_keys", _("读取密钥"), "lock", OFFICE, 80, OF_OFFICE),
    Entry("review:texts", _("通知文本"), "megaphone", OFFICE, 85, OF_OFFICE),
    Entry("review:drafts", _("办法修订"), "book-half", OFFICE, 60, OF_REPORTERS),
    Entry("review:rulings", _("委员会认定"), "bookmark-check", OFFICE, 70, OF_RULERS, needs="part_off_table"),
)
