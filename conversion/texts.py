"""The texts of what is told about conversions and offsets; an office may word them otherwise."""

from django.utils.translation import gettext_lazy as _

from credits.texts import TextKind, Word, offer_texts

COURSE = Word("course", _("课程名称"), _("示例课程"))
STATUS = Word("status", _("审核状态"), _("审核通过"))
GRADE = Word("grade", _("成绩"), _("示例成绩"))
PRINT = _("请打印申请表，签字后交学院留存备案。")
NEXT, REASON = Word("next", _("下一步"), PRINT), Word("reason", _("审核意见"), _("材料齐全。"))

offer_texts(
    TextKind(
        "conversion",
        _("转换申请的审核进展"),
        _("{course}转换申请：{status}"),
        _("转换 {total} 分，成绩{grade}\n{next}\n{reason}"),
        (COURSE, STATUS, Word("total", _("转换积分"), "4.0"), GRADE, NEXT, REASON),
    ),
    TextKind(
        "offset",
        _("冲抵申请的审核进展"),
        _("{course}冲抵申请：{status}"),
        _("用 {total} 冲抵课程 {credits} 学分\n发文文号：{notice}\n{next}\n{reason}"),
        (
            COURSE,
            STATUS,
            Word("total", _("所用积分"), "4.0"),
            Word("credits", _("课程学分"), "2"),
            Word("notice", _("发文文号"), _("示例〔2026〕1 号")),
            NEXT,
            REASON,
        ),
    ),
    TextKind(
        "effective",
        _("转换或冲抵生效的告知"),
        _("{kind}已生效：{course}"),
        _("{name}（{number}）成绩{grade}"),
        (
            Word("kind", _("转换或冲抵"), _("转换")),
            COURSE,
            Word("name", _("姓名"), _("示例学生")),
            Word("number", _("学号"), "1120220001"),
            GRADE,
        ),
    ),
)
