"""The texts of what staff remind students of, of publicity and of meetings; an office may word them otherwise."""

from django.utils.translation import gettext_lazy as _

from credits.texts import TextKind, Word, offer_texts

LIST, ITEM = Word("list", _("公示名单"), _("示例公示名单")), Word("item", _("公示内容"), _("示例成果"))
NUMBER, ANSWER = Word("number", _("异议编号"), "YY-000123"), Word("answer", _("处理意见"), _("经核实，署名无误。"))
MEETING = (
    Word("title", _("会议名称"), _("示例会议")),
    Word("at", _("会议时间"), "2026-03-09 14:00"),
    Word("place", _("会议地点"), _("示例会议室")),
)
CALLED = _("时间：{at}，地点：{place}。请按时出席。")

offer_texts(
    TextKind(
        "paper",
        _("申请表未交的提醒"),
        _("请交签字的《{paper}》，还有 {number} 份没有收到"),
        _("{forms}\n请打印、签字后交到{college}，由学院留存备案。"),
        (
            Word("paper", _("申请表名称"), _("示例申请表")),
            Word("number", _("份数"), "2"),
            Word("forms", _("课程与表单编号"), _("示例课程 2026-000123")),
            Word("college", _("学院"), _("示例学院")),
        ),
    ),
    TextKind(
        "shortfall",
        _("毕业最低要求的提醒"),
        _("毕业最低要求还差 {missing} {unit}"),
        _("{minimum}：{lacking}\n预计毕业日期：{leaves}\n依据：{cite}"),
        (
            Word("missing", _("还差"), "0.5"),
            Word("unit", _("单位"), _("分")),
            Word("minimum", _("毕业最低要求"), _("示例要求")),
            Word("lacking", _("差在哪里"), _("总积分 3.5，应不少于 4")),
            Word("leaves", _("预计毕业"), "2027-07-01"),
            Word("cite", _("依据"), _("示例办法第三条")),
        ),
    ),
    TextKind(
        "publicised",
        _("进入公示（告知学生）"),
        _("已进入公示：{list}"),
        _("公示时间：{opens} 至 {closes}。"),
        (LIST, Word("opens", _("公示开始"), "2026-03-09 00:00"), Word("closes", _("公示结束"), "2026-03-16 00:00")),
    ),
    TextKind("unpublicised", _("公示撤下（告知学生）"), _("公示已撤下：{list}"), _("更正后将重新公示。"), (LIST,)),
    TextKind(
        "objected",
        _("公示收到异议（告知学生）"),
        _("公示收到异议：{item}"),
        _("异议正在处理，办结前这一项暂不生效，其他结果不受影响。"),
        (ITEM,),
    ),
    TextKind(
        "objection_rejected", _("公示异议不成立（告知学生）"), _("公示异议不成立：{item}"), "{answer}", (ITEM, ANSWER)
    ),
    TextKind(
        "objection_answered",
        _("异议的处理结果（告知异议人）"),
        _("异议 {number}：{state}"),
        "{answer}",
        (NUMBER, Word("state", _("处理结果"), _("不成立")), ANSWER),
    ),
    TextKind(
        "objection_received",
        _("收到公示异议（告知主管部门）"),
        _("收到公示异议 {number}"),
        _("{list}，第 {position} 条。"),
        (NUMBER, LIST, Word("position", _("序号"), "12")),
    ),
    TextKind("meeting", _("委员会会议通知"), _("评审委员会会议：{title}"), CALLED, MEETING),
    TextKind("meeting_moved", _("委员会会议变更的通知"), _("评审委员会会议安排：{title}"), CALLED, MEETING),
)
