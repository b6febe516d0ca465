"""The legal moves of a claim. Buttons, the state diagram of the documentation and every check come from this table."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.enums import Status
from portal.workflow import MoveTable, move

S = Status
CLAIM_MOVES = MoveTable(
    move("save", _("保存"), [S.DRAFT, S.RETURNED], [S.DRAFT, S.RETURNED], "owner"),
    move("attach", _("上传材料"), [S.DRAFT, S.RETURNED], [S.DRAFT, S.RETURNED], "owner"),
    move("detach", _("移除材料"), [S.DRAFT, S.RETURNED], [S.DRAFT, S.RETURNED], "owner"),
    move("submit", _("提交"), [S.DRAFT, S.RETURNED], [S.IN_REVIEW], "owner"),
    move("withdraw", _("撤回"), [S.IN_REVIEW], [S.WITHDRAWN], "owner"),
    move("discard", _("删除草稿"), [S.DRAFT], [S.WITHDRAWN], "owner"),
    move("reopen", _("重新编辑"), [S.WITHDRAWN], [S.DRAFT], "owner"),
    move("approve", _("通过"), [S.IN_REVIEW], [S.IN_REVIEW, S.RECOGNISED], "reviewer"),
    move("return", pgettext_lazy("verb", "退回修改"), [S.IN_REVIEW], [S.RETURNED], "reviewer"),
    move("refuse", _("不予通过"), [S.IN_REVIEW], [S.REFUSED], "reviewer"),
    move("revoke", _("撤销认定"), [S.RECOGNISED], [S.REVOKED], "office"),
)
