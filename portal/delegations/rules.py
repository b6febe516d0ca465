"""Which powers may be passed on, to whom, how far and how long. Nobody lends a password, and nobody gives twice."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.administration import is_administrator
from portal.enums import Role
from portal.verdict import Verdict

if TYPE_CHECKING:
    from portal.models import Appointment, Person

LONGEST = datetime.timedelta(days=184)
# An expert's score and a member's vote are given in person; who keeps the accounts appoints instead of passing on.
DELEGABLE = frozenset({Role.COUNSELLOR, Role.SECRETARY, Role.OWNER_UNIT, Role.OFFICE, Role.AUDITOR})
SCOPE = ("scheme_code", "category_code", "college_id", "class_group_id", "cohort")
# By what a power of a role may be narrowed: only by what every permission of that role asks for. The office answers
# for a scheme as a whole, so a share of it by category or college would be no smaller than the whole.
NARROWED_BY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        Role.COUNSELLOR: ("scheme_code", "category_code", "class_group_id", "cohort"),
        Role.SECRETARY: ("scheme_code", "category_code", "class_group_id", "cohort"),
        Role.OWNER_UNIT: ("scheme_code", "category_code"),
        Role.OFFICE: ("scheme_code",),
        Role.AUDITOR: ("scheme_code",),
    }
)


def holds_on(row: Appointment, day: datetime.date) -> bool:
    """Whether the appointment itself is in force on the day."""
    return row.revoked_at is None and row.starts_on <= day and (row.ends_on is None or day <= row.ends_on)


def can_delegate(person: Person, row: Appointment) -> Verdict:
    """Whether the person may pass the appointment on: an own one, in force, that nobody passed on to them."""
    if row.person_id != person.pk:
        return Verdict.no(_("只能委托自己的权限。"))
    if row.delegated_by_id is not None:
        return Verdict.no(_("受托的权限不能再委托他人，请由委托人办理。"))
    if row.role not in DELEGABLE:
        return Verdict.no(_("这一角色须由本人履行，不能委托。"))
    if not holds_on(row, timezone.localdate()):
        return Verdict.no(_("这项权限目前无效，不能委托。"))
    return Verdict.yes(row.role)


def can_revoke(person: Person, row: Appointment) -> Verdict:
    """Whether the person may end a delegation: its giver, whoever was given it, and who keeps the appointments."""
    if row.delegated_by_id is None:
        return Verdict.no(_("任职由管理员维护，不能在这里收回。"))
    if row.revoked_at is not None or (row.ends_on is not None and row.ends_on < timezone.localdate()):
        return Verdict.no(_("这项委托已经结束。"))
    if row.delegated_by_id == person.pk:
        return Verdict.yes(row.role)
    if row.person_id == person.pk:
        return Verdict.yes()  # as nobody's deputy: giving a power back is no use of it
    return (
        Verdict.yes(Role.ADMINISTRATOR)
        if is_administrator(person)
        else Verdict.no(_("只有委托人或受托人可以结束委托。"))
    )


def sees_everybody(person: Person) -> bool:
    """Whether the person reads who can do what: office and auditor in their schemes, and who keeps the accounts."""
    return is_administrator(person) or person.standing.has(Role.OFFICE, Role.AUDITOR)


def beyond(row: Appointment, wanted: Mapping[str, Any]) -> list[str]:
    """Return the parts of the scope that a delegation may not have: wider than the own, or not to be narrowed by."""
    allowed = NARROWED_BY.get(row.role, ())
    return [
        name
        for name in SCOPE
        if (wanted.get(name) or None) != (getattr(row, name) or None) and (getattr(row, name) or name not in allowed)
    ]


def covers(row: Appointment, wanted: Mapping[str, Any]) -> bool:
    """Whether an appointment already reaches everything in the scope."""
    return all(not getattr(row, name) or getattr(row, name) == (wanted.get(name) or None) for name in SCOPE)
