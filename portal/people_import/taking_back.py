"""The tables that a workbook of people writes, for when it is taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from portal.enums import Role, StudentKind
from portal.models import Appointment, ClassGroup, College, Major, Person, Student
from portal.taking_back import Table, in_parts, is_as_left

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.models import SheetImportRow
    from portal.people_import.plan import Limits


class Accounts(Table):
    """Accounts: nobody takes back the own one or a superuser's, and one that was signed in with is used."""

    def refused(self, rows: Sequence[SheetImportRow], actor: Person) -> dict[int, str]:
        """Return the accounts that stay whatever the import did."""
        found: dict[int, str] = {}
        made = {row.key for row in rows if row.is_new}
        for keys in in_parts([row.key for row in rows]):
            people = Person.objects.filter(pk__in=keys)
            protected = people.filter(models.Q(is_superuser=True) | models.Q(pk=actor.pk)).values_list("pk", flat=True)
            signed_in = people.filter(last_login__isnull=False).values_list("pk", flat=True)
            found |= {key: _t("本人已登录过") for key in signed_in if key in made}
            found |= dict.fromkeys(protected, _t("不能撤回自己的账号或超级用户"))
        return found


class Appointments(Table):
    """Appointments: an office takes back only those that it could have given."""

    def __init__(self, limits: Limits, *args: Any) -> None:
        super().__init__(*args)
        self.limits = limits

    def refused(self, rows: Sequence[SheetImportRow], actor: Person) -> dict[int, str]:  # noqa: ARG002 - its limits say
        """Return the appointments beyond the person's own reach."""
        found: dict[int, str] = {}
        for keys in in_parts([row.key for row in rows]):
            for key, role, scheme in Appointment.objects.filter(pk__in=keys).values_list("pk", "role", "scheme_code"):
                if role == Role.ADMINISTRATOR and not self.limits.may_appoint_administrators:
                    found[key] = _t("只有系统管理员可以撤回系统管理员的任职")
                elif not self.limits.allows(scheme or None):
                    found[key] = _t("只能撤回自己负责的办法的任职")
        return found


class Units(Table):
    """Colleges: a name that another one has taken meanwhile cannot return."""

    def refused(self, rows: Sequence[SheetImportRow], actor: Person) -> dict[int, str]:  # noqa: ARG002 - for anybody
        """Return the colleges whose former name is another one's."""
        names = {row.before["name"]: row.key for row in rows if row.before and "name" in row.before}
        taken = College.objects.filter(name__in=names).values_list("pk", "name")
        return {names[name]: _t("原名称已被使用") for pk, name in taken if pk != names[name]}


class Roll(Table):
    """The roll: a new entry stays with its account, whoever signed in or was changed since is a student."""

    def __init__(self, accounts: Accounts, *args: Any) -> None:
        super().__init__(*args)
        self.accounts = accounts

    def refused(self, rows: Sequence[SheetImportRow], actor: Person) -> dict[int, str]:
        """Return the new entries whose accounts, made by the same import, stay."""
        made = list(rows[0].imported.rows.filter(table=self.accounts.name, before__isnull=True))
        now = self.accounts.now(made, lock=False)
        changed = {row.key for row in made if row.key in now and not is_as_left(row, now[row.key])}
        staying = changed | self.accounts.refused(made, actor).keys()
        found: dict[int, str] = {}
        for keys in in_parts([row.key for row in rows if row.is_new]):
            people = Student.objects.filter(pk__in=keys).values_list("pk", "person_id")
            found |= {key: _t("账号保留，学籍一并保留") for key, person in people if person in staying}
        return found

    def said(self, name: str, value: Any) -> str:
        """Return a value as people read it."""
        return str(StudentKind(value).label) if name == "kind" else super().said(name, value)


def tables_of_people(limits: Limits) -> tuple[Table, ...]:
    """Return the tables, those that refer to others first."""
    until = {"starts_on": _("开始日期"), "ends_on": _("结束日期")}
    account = {"name": _("姓名"), "email": _("电子邮箱"), "phone": _("联系电话"), "is_active": _("可登录")}
    units = {"college_id": _("学院"), "major_id": _("专业"), "class_group_id": _("班级")}
    roll = {**units, "cohort": _("年级"), "kind": _("学生类别"), "on_roll": _("在籍")}
    dates = {"entered_on": _("入学日期"), "leaves_on": _("预计毕业日期")}
    accounts = Accounts("person", _("账号"), Person, account)
    return (
        Appointments(limits, "appointment", _("任职"), Appointment, until),
        Roll(accounts, "student", _("学籍"), Student, roll | dates),
        accounts,
        Table("classgroup", _("班级"), ClassGroup, {"major_id": _("专业"), "cohort": _("年级")}),
        Table("major", _("专业"), Major, {"name": _("专业名称"), "college_id": _("学院")}),
        Units("college", _("学院"), College, {"name": _("学院名称"), "is_active": _("启用")}),
    )
