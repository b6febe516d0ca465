"""The texts of what staff remind students of, beside those of the floors below; an office may word them otherwise."""

from django.utils.translation import gettext_lazy as _

from credits.texts import TextKind, Word, offer_texts

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
)
