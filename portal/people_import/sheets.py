"""The six sheets of the workbook of people, in the order in which they build on each other."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portal.enums import StudentKind
from portal.models.appointments import APPOINTABLE
from portal.spreadsheets import Column, SheetSpec, write_template

ORDER = ("colleges", "majors", "classes", "students", "staff", "appointments")
MAX_PEOPLE = 50_000


def specs() -> dict[str, SheetSpec]:
    """Return what each sheet must look like."""
    yes_no: dict[str, object] = {_("是"): True, _("否"): False}
    return {
        "colleges": SheetSpec(
            _("学院"),
            (
                Column("code", _("学院代码"), "code", required=True, max_length=16),
                Column("name", _("学院名称"), required=True, max_length=64, width=24),
                Column("active", _("启用"), "choice", choices=yes_no, width=8),
            ),
            unique=("code",),
            max_rows=500,
        ),
        "majors": SheetSpec(
            _("专业"),
            (
                Column("code", _("专业代码"), "code", required=True, max_length=16),
                Column("name", _("专业名称"), required=True, max_length=64, width=24),
                Column("college", _("学院"), required=True, max_length=64, width=24, help=_("学院的代码或名称。")),
            ),
            unique=("code",),
            max_rows=2000,
        ),
        "classes": SheetSpec(
            _("班级"),
            (
                Column("name", _("班级"), "code", required=True, max_length=32),
                Column("major", _("专业代码"), "code", required=True, max_length=16),
                Column("cohort", _("年级"), "number", required=True, width=8),
            ),
            unique=("name",),
            max_rows=10_000,
        ),
        "students": SheetSpec(_("学生"), (*_person_columns(_("学号")), *_roll_columns()), ("number",), MAX_PEOPLE),
        "staff": SheetSpec(_("教职工"), _person_columns(_("工号")), ("number",), MAX_PEOPLE),
        "appointments": SheetSpec(
            _("任职"),
            _appointment_columns(),
            unique=("number", "role", "college", "scheme", "category", "class_group", "cohort"),
            max_rows=10_000,
        ),
    }


def template() -> bytes:
    """Return the empty workbook with its lists to choose from."""
    notes = [
        _("六张工作表都要保留；没有变化的可以空着，空表不改变任何内容。"),
        _("已有的编号会被修改，其余新建。可不填的单元格空着时保持原值。"),
        _("初始密码只对新账号有效，首次登录后必须更改；不填的账号只能通过学校统一身份登录。"),
        _("导入前会逐项列出变化，确认后才执行；人员只会停用，不会删除。"),
    ]
    return write_template([*specs().values()], notes=notes)


def _person_columns(number: str) -> tuple[Column, ...]:
    return (
        Column("number", number, "code", required=True, max_length=32),
        Column("name", _("姓名"), required=True, max_length=64, width=14),
        Column("email", _("电子邮箱"), max_length=254, width=26),
        Column("phone", _("联系电话"), "code", max_length=32),
        Column("password", _("初始密码"), max_length=128, help=_("只对新账号有效。")),
    )


def _roll_columns() -> tuple[Column, ...]:
    kinds: dict[str, object] = {str(kind.label): kind.value for kind in StudentKind}
    return (
        Column("college", _("学院"), required=True, max_length=64, width=24, help=_("学院的代码或名称。")),
        Column("class_group", _("班级"), "code", required=True, max_length=32),
        Column("cohort", _("年级"), "number", width=8, help=_("不填时为班级的年级。")),
        Column("kind", _("学生类别"), "choice", choices=kinds),
        Column("entered_on", _("入学日期"), "date", required=True),
        Column("leaves_on", _("预计毕业日期"), "date", required=True),
    )


def _appointment_columns() -> tuple[Column, ...]:
    roles: dict[str, object] = {str(label): value for value, label in APPOINTABLE}
    return (
        Column("number", _("工号"), "code", required=True, max_length=32),
        Column("role", _("角色"), "choice", required=True, choices=roles),
        Column("college", _("学院"), max_length=64, width=24, help=_("教学秘书必填；空为不限。")),
        Column("scheme", _("认定办法"), "code", max_length=32, help=_("办法的代码；空为不限。")),
        Column("category", _("申请类别"), "code", max_length=32, help=_("类别的代码；空为不限。")),
        Column("class_group", _("班级"), "code", max_length=32),
        Column("cohort", _("年级"), "number", width=8),
        Column("starts_on", _("开始日期"), "date", required=True),
        Column("ends_on", _("结束日期"), "date"),
    )
