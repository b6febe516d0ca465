"""What events are called where people read them: verbs, kinds of subjects, and the facts before and after."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from conversion.moves import APPLICATION_MOVES
from credits.moves import CLAIM_MOVES
from portal.enums import Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import Promise

    from portal.models import EventBase

# Verbs of office-keeping, and those of claims and applications that are in no table of moves.
VERBS: dict[str, str | Promise] = {
    "start": _("新建"),
    "record": _("录入"),
    "create": _("新建"),
    "save": _("保存"),
    "change": _("修改"),
    "open": _("开放"),
    "offer": _("开课"),
    "publish": _("发布"),
    "unpublish": _("撤回发布"),
    "load": _("载入"),
    "import": _("导入"),
    "import_history": _("导入记录"),
    "stage": _("上传工作簿"),
    "apply": _("导入生效"),
    "check": _("核对"),
    "roll_back": _("回滚"),
    "export": _("导出"),
    "print": _("打印"),
    "issue": _("发放"),
    "revoke": _("收回"),
    "delegate": _("委托"),
    "grant": _("准许"),
    "remind": _("提醒"),
    "assign": _("分配"),
    "take_back": _("收回"),
    "abstain": _("回避"),
    "declare": _("申明"),
    "deliver": _("报送"),
    "rule": _("裁定"),
    "adopt": _("采纳"),
    "replay": _("试算"),
    "discard": _("放弃"),
    "retry": _("重试"),
    "cancel": _("取消"),
    "ask": _("申请"),
    "accept": _("同意"),
    "decline": _("不同意"),
    "withdraw": _("撤回"),
    "add": _("新增"),
    "remove": _("移出"),
    "merge": _("合并"),
    "restore": _("恢复"),
    "recount": _("重新统计"),
    "admin_add": _("后台新增"),
    "admin_change": _("后台修改"),
    "change_password": _("更改密码"),
}
KINDS: dict[str, str | Promise] = {
    "appointment": _("任职"),
    "applications": pgettext_lazy("list", "转换申请"),
    "appointments": _("任职与委托"),
    "assignment": _("专家任务"),
    "audit_claims": pgettext_lazy("page", "审计"),
    "audit_applications": pgettext_lazy("page", "审计"),
    "audit_office": pgettext_lazy("page", "审计"),
    "claims": _("申报"),
    "classgroup": _("班级"),
    "college": _("学院"),
    "conflict": _("利益关系"),
    "course": _("课程"),
    "course_list": _("课程"),
    "courses": _("课程"),
    "delegation": _("委托"),
    "delivery": _("报送"),
    "draft": _("办法草案"),
    "forms": _("申请表"),
    "holiday": _("节假日"),
    "holidays": _("节假日"),
    "import": _("导入"),
    "job": _("任务"),
    "library": _("成果库"),
    "library_request": _("入库申请"),
    "mail": _("邮件"),
    "major": _("专业"),
    "meeting": _("会议"),
    "notice_settings": _("通知设置"),
    "notice_text": _("通知文本"),
    "objection": _("异议"),
    "objections": _("公示异议"),
    "offering": _("开课"),
    "people": _("人员导入"),
    "people_list": _("人员"),
    "person": _("人员"),
    "plan_term": _("培养方案"),
    "plans": _("培养方案"),
    "publicity": _("公示"),
    "queue": _("待办"),
    "reader_key": _("读取密钥"),
    "round": _("批次"),
    "rounds": _("活动管理"),
    "ruling": _("裁定"),
    "rulings": _("委员会认定"),
    "sanction": _("违规处理"),
    "scheme": _("认定办法"),
    "statistics": _("统计"),
    "student": _("学籍"),
    "term": _("学期"),
    "waiver": _("延期许可"),
}
FACTS: dict[str, str | Promise] = {
    "query": _("筛选条件"),
    "job": _("任务"),
    "columns": _("列"),
    "format": _("格式"),
    "rows": _("行数"),
    "attempts": _("尝试次数"),
    "error": _("错误"),
    "title": _("标题"),
    "text": _("内容"),
    "round": _("活动"),
    "until": _("延期至"),
    "status": _("状态"),
    "content": _("具体内容"),
    "claimed_points": _("申请积分"),
    "recognised_points": _("认定积分"),
    "awarded": _("入账积分"),
    "recognised_reason": _("认定说明"),
    "starts_on": _("开始日期"),
    "ends_on": _("结束日期"),
    "revoked_at": _("收回时间"),
    "role": _("角色"),
    "person": _("人员"),
    "college_id": _("学院"),
    "scheme_code": _("认定办法"),
    "category_code": _("申请类别"),
    "name": _("名称"),
    "state": _("状态"),
    "reason": _("说明"),
    "expert": _("专家"),
}


def verb_of(event: EventBase) -> str:
    """Return what was done."""
    own = {"credits": CLAIM_MOVES, "conversion": APPLICATION_MOVES}.get(event._meta.app_label)
    labels: dict[str, Any] = {move.verb: move.label for move in own} if own else {}
    return str(labels.get(event.verb) or VERBS.get(event.verb, event.verb))


def kind_of(event: EventBase) -> str:
    """Return what kind of thing an event of office-keeping is about."""
    kind: str = event.subject_kind  # type: ignore[attr-defined]  # asked of those events only
    return str(KINDS.get(kind, kind))


def state_in_words(state: str, names: Mapping[str, str]) -> str:
    """Return a state of the trail, ``in_review:college``, as people read it; ``names`` are the stages'."""
    status, _colon, stage = state.partition(":")
    word = str(Status(status).label) if status in Status.values else status
    return _t("%(word)s（%(stage)s）") % {"word": word, "stage": names.get(stage, stage)} if stage else word


def changes_of(event: EventBase) -> list[dict[str, str]]:
    """Return the facts before and after as rows of the difference component."""
    keys = [*event.before, *(key for key in event.after if key not in event.before)]
    return [
        {
            "label": str(FACTS.get(key, key)),
            "before": _plain(event.before.get(key)),
            "after": _plain(event.after.get(key)),
        }
        for key in keys
    ]


def _plain(value: Any) -> str:
    if value is None or value == "":
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
