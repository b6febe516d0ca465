"""The legal moves of a claim. Buttons, the state diagram of the documentation and every check come from this table."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.enums import Status
from portal.workflow import MoveTable, move

S = Status
TEAMED = [S.DRAFT, S.RETURNED, S.IN_REVIEW]
DECIDED = [S.IN_REVIEW, S.PUBLICITY, S.RECOGNISED, S.RETURNED, S.REFUSED]
SAME = [S.IN_REVIEW, S.PUBLICITY, S.RECOGNISED]
CLAIM_MOVES = MoveTable(
    move("save", _("保存"), [S.DRAFT, S.RETURNED], [S.DRAFT, S.RETURNED], "owner"),
    move("attach", _("上传材料"), [S.DRAFT, S.RETURNED], [S.DRAFT, S.RETURNED], "owner"),
    move("detach", _("移除材料"), [S.DRAFT, S.RETURNED], [S.DRAFT, S.RETURNED], "owner"),
    move("submit", _("提交"), [S.DRAFT, S.RETURNED], [S.IN_REVIEW], "owner"),
    move("withdraw", _("撤回"), [S.IN_REVIEW], [S.WITHDRAWN], "owner"),
    move("discard", _("删除草稿"), [S.DRAFT], [S.WITHDRAWN], "owner"),
    move("reopen", _("重新编辑"), [S.WITHDRAWN], [S.DRAFT], "owner"),
    move("approve", _("通过"), [S.IN_REVIEW], [S.IN_REVIEW, S.PUBLICITY, S.RECOGNISED], "reviewer"),
    move("return", pgettext_lazy("verb", "退回修改"), [S.IN_REVIEW], [S.RETURNED], "reviewer"),
    move("refuse", _("不予通过"), [S.IN_REVIEW], [S.REFUSED], "reviewer"),
    move("undo", _("撤回审核决定"), [S.IN_REVIEW, S.RETURNED, S.REFUSED, S.RECOGNISED], [S.IN_REVIEW], "reviewer"),
    move("take_back", _("撤回批量处理"), DECIDED, [S.IN_REVIEW], "reviewer"),
    move("team", _("填写团队成员"), [S.DRAFT, S.RETURNED], [S.DRAFT, S.RETURNED], "owner"),
    move("agree", _("确认团队成员"), TEAMED, TEAMED, "mate"),
    move("dispute", _("对团队信息提出异议"), TEAMED, TEAMED, "mate"),
    move("exclude", _("移出团队成员"), TEAMED, TEAMED, "reviewer"),
    move("share", _("确定团队计分方式"), [S.IN_REVIEW], [S.IN_REVIEW], "reviewer"),
    move("join", _("判定为同一项目"), [S.IN_REVIEW, S.PUBLICITY, S.RECOGNISED], SAME, "reviewer"),
    move("score", _("专家评分"), [S.IN_REVIEW], [S.IN_REVIEW, S.PUBLICITY, S.RECOGNISED], "expert"),
    move("confirm", _("委员会认定"), [S.IN_REVIEW], [S.PUBLICITY, S.RECOGNISED], "committee"),
    move("correct", _("更正认定结果"), [S.PUBLICITY], [S.PUBLICITY], "office"),
    move("strike", _("异议成立，不予认定"), [S.PUBLICITY], [S.REFUSED], "office"),
    move("effect", _("公布生效"), [S.PUBLICITY], [S.RECOGNISED], "office"),
    move("cancel", _("查实取消"), [S.IN_REVIEW, S.PUBLICITY, S.RECOGNISED], [S.REVOKED], "office"),
    move("restore", _("申诉成立，恢复"), [S.REVOKED], [S.IN_REVIEW, S.PUBLICITY, S.RECOGNISED], "office"),
    move("revoke", _("撤销认定"), [S.RECOGNISED], [S.REVOKED], "office"),
)
