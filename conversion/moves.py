"""The legal moves of a conversion application."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.enums import Status
from portal.workflow import MoveTable, move

S = Status
APPLICATION_MOVES = MoveTable(
    move("save", _("保存"), [S.DRAFT, S.RETURNED], [S.DRAFT, S.RETURNED], "owner"),
    move("submit", _("申请"), [S.DRAFT, S.RETURNED], [S.IN_REVIEW], "owner"),
    move("withdraw", _("撤回"), [S.DRAFT, S.IN_REVIEW, S.RETURNED], [S.WITHDRAWN], "owner"),
    move("approve", _("通过"), [S.IN_REVIEW], [S.IN_REVIEW, S.PUBLICITY, S.RECOGNISED], "reviewer"),
    move("return", pgettext_lazy("verb", "退回修改"), [S.IN_REVIEW], [S.RETURNED], "reviewer"),
    move("refuse", _("不予通过"), [S.IN_REVIEW], [S.REFUSED], "reviewer"),
    move("strike", _("公示后不予冲抵"), [S.PUBLICITY], [S.REFUSED], "office"),
    move("effect", _("公布生效"), [S.PUBLICITY], [S.RECOGNISED], "office"),
    move("reissue", _("重新出具申请表"), [S.RECOGNISED], [S.RECOGNISED], "office"),
    move("file", _("留存备案"), [S.RECOGNISED], [S.RECOGNISED], "office"),
    move("unfile", _("取消备案"), [S.RECOGNISED], [S.RECOGNISED], "office"),
    move("revoke", _("撤销转换"), [S.RECOGNISED], [S.REVOKED], "office"),
)
