"""The students' pages in the menu; the names of headings and pages are the scheme's."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.enums import Role
from portal.navigation import Entry, Group, register

STUDENT = frozenset({Role.STUDENT.value})
PRACTICE = Group(
    "practice",
    _("实践环节"),
    100,
    section=_("积分"),
    label_word="menu_root",
    section_word="menu",
    crumb=_("积分"),
    crumb_word="crumb",
)
REFERENCE = Group("reference", _("资料"), 800)
register(
    Entry(
        "credits:claims",
        _("学生申报管理"),
        "journal-text",
        PRACTICE,
        10,
        STUDENT,
        word="claims_page",
        short=_("申报"),
        crumb_word="claims_crumb",
        dock=True,
    ),
    Entry(
        "credits:points",
        _("积分查询"),
        "award",
        PRACTICE,
        20,
        STUDENT,
        word="query_page",
        short=_("查询"),
        crumb_word="query_crumb",
        dock=True,
    ),
    Entry("credits:record", _("认定记录"), "file-earmark-text", PRACTICE, 25, STUDENT, word="record_title"),
    Entry("credits:schemes", pgettext_lazy("list", "认定办法"), "book-half", REFERENCE, 10),
    Entry("credits:library", _("创新成果库"), "trophy", REFERENCE, 20, needs="library"),
)
