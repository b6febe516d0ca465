"""The conversion's pages in the menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from credits.navigation import PRACTICE, STUDENT
from portal.navigation import HOME, Entry, register

register(
    Entry("conversion:desk", _("我的桌面"), "house", HOME, 10, STUDENT, dock=True),
    Entry(
        "conversion:offerings",
        _("积分转换申请"),
        "arrow-left-right",
        PRACTICE,
        30,
        STUDENT,
        word="conversion_page",
        short=_("转换"),
        short_word="offsets",
        crumb_word="conversion_crumb",
        dock=True,
    ),
)
