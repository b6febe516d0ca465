"""Compares a workbook of people with what is there: what is new, what changes, who has left, what is wrong. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from portal.enums import Role, StudentKind
from portal.people_import.present import identity_of
from portal.people_import.sheets import ORDER
from portal.spreadsheets import CellProblem

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping

    from portal.people_import.present import Present, Values
    from portal.spreadsheets import SheetReading, SheetRow

EARLIEST, LATEST = 1990, 2100
NEW, CHANGED, LEAVER = "new", "changed", "leaver"
# What a blank cell of a new row stands for; in a known row a blank cell keeps what is there.
DEFAULTS: dict[str, dict[str, Any]] = {
    "colleges": {"active": True},
    "students": {"email": "", "phone": "", "kind": StudentKind.FULL_TIME.value},
    "staff": {"email": "", "phone": ""},
}


@dataclass(frozen=True)
class Change:
    """One row that would be new, changed or ended: what it holds afterwards, and per column what it held before."""

    sheet: str
    action: str
    identity: Any
    values: Values
    before: Values = field(default_factory=dict)
    pk: int | None = None

    @property
    def differences(self) -> list[tuple[str, Any, Any]]:
        """Return column, old and new value of what changes."""
        return [(key, old, self.values[key]) for key, old in self.before.items()]


@dataclass
class PeoplePlan:
    """What a workbook would do to the roll and the staff."""

    changes: list[Change] = field(default_factory=list)
    problems: list[tuple[str, CellProblem]] = field(default_factory=list)
    totals: dict[str, int] = field(default_factory=dict)
    more_problems: int = 0

    @property
    def ok(self) -> bool:
        """Whether it may be applied."""
        return not self.problems

    def of(self, sheet: str, *actions: str) -> list[Change]:
        """Return the changes of one sheet."""
        return [change for change in self.changes if change.sheet == sheet and change.action in actions]

    def counts(self) -> dict[str, dict[str, int]]:
        """Return how many rows of each sheet are new, changed, ended: only sheets with any."""
        found = Counter((change.sheet, change.action) for change in self.changes)
        return {
            sheet: {action: found[sheet, action] for action in (NEW, CHANGED, LEAVER)}
            for sheet in ORDER
            if any(found[sheet, action] for action in (NEW, CHANGED, LEAVER))
        }


@dataclass(frozen=True, slots=True)
class Limits:
    """What the importing person may grant: administrators everything, an office only its own schemes."""

    number: str
    may_appoint_administrators: bool
    schemes: frozenset[str]

    def allows(self, scheme: str | None) -> bool:
        """Whether appointments in the scheme (None: in every scheme) may be granted."""
        return "" in self.schemes or scheme in self.schemes


class _Refused(Exception):  # noqa: N818 - the outcome of one cell
    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key, self.message = key, message


def plan_people(
    readings: Mapping[str, SheetReading], now: Present, limits: Limits, *, day: datetime.date, complete: bool
) -> PeoplePlan:
    """Compare the sheets with what is there on a day.

    With ``complete`` the sheets of students, staff and appointments that hold any row are the whole truth: who is
    missing from them is deactivated, what is missing ends. An empty sheet never says anything.
    """
    return _Planner(now, limits, day).plan(readings, complete=complete)


class _Planner:
    """Goes through the sheets in the order in which they refer to each other."""

    def __init__(self, now: Present, limits: Limits, day: datetime.date) -> None:
        self.now, self.limits, self.day = now, limits, day
        self.plan_ = PeoplePlan()
        self.wanted: dict[str, dict[Any, Values]] = {sheet: dict(rows) for sheet, rows in now.rows.items()}
        self.colleges = self._college_names()
        self.seen: dict[str, set[Any]] = {}

    def plan(self, readings: Mapping[str, SheetReading], *, complete: bool) -> PeoplePlan:
        """Compare all sheets."""
        for sheet in ORDER:
            reading = readings[sheet]
            self.plan_.totals[sheet] = reading.total
            self.plan_.problems += [(sheet, problem) for problem in reading.problems]
            self.plan_.more_problems += reading.more_problems
            self.seen[sheet] = set()
            for row in reading.rows:
                self._take(sheet, row, reading)
            if sheet == "colleges":
                self.colleges = self._college_names()
        if complete:
            self._find_leavers(readings)
        return self.plan_

    def _take(self, sheet: str, row: SheetRow, reading: SheetReading) -> None:
        try:
            values = self._values(sheet, row)
        except _Refused as refusal:
            column = reading.spec.column(refusal.key) if reading.spec else None
            shown = "" if row[refusal.key] is None else str(row[refusal.key])
            place = reading.letters.get(refusal.key, "")
            problem = CellProblem(row.number, place, str(column.title) if column else "", shown, refusal.message)
            self.plan_.problems.append((sheet, problem))
            return
        identity = identity_of(sheet, values)
        self.seen[sheet].add(identity)
        self._compare(sheet, identity, values)

    def _compare(self, sheet: str, identity: Any, values: Values) -> None:
        known = self.now.rows[sheet].get(identity)
        if known is None:
            full = DEFAULTS.get(sheet, {}) | {key: value for key, value in values.items() if value is not None}
            full = dict.fromkeys(values) | full
            self.plan_.changes.append(Change(sheet, NEW, identity, full))
            self.wanted[sheet][identity] = full
            return
        clears = {"ends_on"} if sheet == "appointments" else set()
        full = known | {key: value for key, value in values.items() if value is not None or key in clears}
        full.pop("password", None)
        before = {key: old for key, old in known.items() if full[key] != old}
        if before:
            pk = self.now.pks[sheet][identity]
            self.plan_.changes.append(Change(sheet, CHANGED, identity, full, before, pk))
        self.wanted[sheet][identity] = full

    def _values(self, sheet: str, row: SheetRow) -> Values:
        """Return the row's values with its references resolved; raises ``_Refused`` for the first that cannot be."""
        values = dict(row.values)
        if values.get("cohort") is not None and not EARLIEST <= values["cohort"] <= LATEST:
            raise _Refused("cohort", _("年级应为年份，例如 2022。"))
        if values.get("college") is not None:
            values["college"] = self._college(values["college"])
        check = getattr(self, f"_check_{sheet}", None)
        if check is not None:
            check(values)
        return values

    def _college(self, text: str) -> str:
        if text not in self.colleges:
            raise _Refused("college", _("没有这个学院。"))
        return self.colleges[text]

    def _check_colleges(self, values: Values) -> None:
        same = [code for code, row in self.wanted["colleges"].items() if row["name"] == values["name"]]
        if same and same[0] != values["code"]:
            raise _Refused("name", _("学院 %(code)s 已使用这个名称。") % {"code": same[0]})

    def _check_classes(self, values: Values) -> None:
        if values["major"] not in self.wanted["majors"]:
            raise _Refused("major", _("没有这个专业代码。"))

    def _check_students(self, values: Values) -> None:
        self._check_person(values)
        group = self.wanted["classes"].get(values["class_group"])
        if group is None:
            raise _Refused("class_group", _("没有这个班级。"))
        if self.wanted["majors"][group["major"]]["college"] != values["college"]:
            raise _Refused("class_group", _("该班级不属于这个学院。"))
        if values["cohort"] is None:
            values["cohort"] = group["cohort"]
        if values["leaves_on"] <= values["entered_on"]:
            raise _Refused("leaves_on", _("预计毕业日期必须晚于入学日期。"))
        values["active"] = True

    def _check_staff(self, values: Values) -> None:
        self._check_person(values)
        if values["number"] in self.seen["students"]:
            raise _Refused("number", _("这个编号同时出现在学生和教职工两张表中。"))
        values["active"] = True

    def _check_person(self, values: Values) -> None:
        try:
            if values["email"]:
                validate_email(values["email"])
        except ValidationError as error:
            raise _Refused("email", error.messages[0]) from None
        if values["password"] is None:
            values.pop("password")
            return
        if values["number"] in self.now.people:
            raise _Refused("password", _("账号已存在，不能通过导入更改密码。"))
        try:
            validate_password(values["password"])
        except ValidationError as error:
            raise _Refused("password", error.messages[0]) from None

    def _check_appointments(self, values: Values) -> None:
        known = values["number"] in self.now.people
        if not known and not any(values["number"] in self.wanted[sheet] for sheet in ("staff", "students")):
            raise _Refused("number", _("没有这名人员，请先在教职工表中填写。"))
        if values["role"] == Role.SECRETARY and values["college"] is None:
            raise _Refused("college", _("教学秘书必须填写学院。"))
        if values["class_group"] is not None and values["class_group"] not in self.wanted["classes"]:
            raise _Refused("class_group", _("没有这个班级。"))
        if values["ends_on"] is not None and values["ends_on"] < values["starts_on"]:
            raise _Refused("ends_on", _("结束日期不能早于开始日期。"))
        self._check_scope(values["scheme"], values["category"])
        self._check_power(values)

    def _check_scope(self, scheme: str | None, category: str | None) -> None:
        scopes = self.now.scopes
        if scheme is not None and scheme not in scopes:
            raise _Refused("scheme", _("没有这个办法，现有：%(codes)s。") % {"codes": "、".join(scopes) or "—"})
        if category is None:
            return
        if scheme is None:
            raise _Refused("scheme", _("填写申请类别时必须同时填写认定办法。"))
        if category not in scopes[scheme]:
            known = "、".join(sorted(scopes[scheme]))
            raise _Refused("category", _("该办法没有这个类别，现有：%(codes)s。") % {"codes": known})

    def _check_power(self, values: Values) -> None:
        """Nobody grants more than they may: the known rows may stand as they are."""
        if self.now.rows["appointments"].get(identity_of("appointments", values)) == values:
            return
        if values["role"] == Role.ADMINISTRATOR and not self.limits.may_appoint_administrators:
            raise _Refused("role", _("只有系统管理员可以任命系统管理员。"))
        if not self.limits.allows(values["scheme"]):
            raise _Refused("scheme", _("你只能任命自己负责的办法。"))

    def _college_names(self) -> dict[str, str]:
        """Return code by code and by name."""
        rows = self.wanted["colleges"].values()
        return {row["code"]: row["code"] for row in rows} | {row["name"]: row["code"] for row in rows}

    def _find_leavers(self, readings: Mapping[str, SheetReading]) -> None:
        for sheet in ("students", "staff"):
            if readings[sheet].total:
                for number, values in self.now.rows[sheet].items():
                    if values["active"] and not self._stays(sheet, number):
                        pk = self.now.pks[sheet][number]
                        change = Change(sheet, LEAVER, number, values | {"active": False}, {"active": True}, pk)
                        self.plan_.changes.append(change)
        if readings["appointments"].total:
            for identity, values in self.now.rows["appointments"].items():
                self._end(identity, values)

    def _stays(self, sheet: str, number: str) -> bool:
        """Whoever imports and the superusers are never shut out; a student may be staff, and the other way round."""
        if number in self.seen[sheet] or number == self.limits.number or number in self.now.superusers:
            return True
        return number in self.seen["students"] | self.seen["staff"] or (
            sheet == "staff" and number in self.now.rows["students"]
        )

    def _end(self, identity: Any, values: Values) -> None:
        """End an appointment in force that the sheet does not hold; nobody ends the administrators' or the own ones."""
        running = values["starts_on"] <= self.day and (values["ends_on"] is None or values["ends_on"] >= self.day)
        protected = values["role"] == Role.ADMINISTRATOR or values["number"] == self.limits.number
        if (
            identity in self.seen["appointments"]
            or not running
            or protected
            or not self.limits.allows(values["scheme"])
        ):
            return
        pk = self.now.pks["appointments"][identity]
        before = {"ends_on": values["ends_on"]}
        self.plan_.changes.append(Change("appointments", LEAVER, identity, values | {"ends_on": self.day}, before, pk))
