"""The verbs of delegations: pass a power on for a time, end it, remind before it ends."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.delegations.rules import LONGEST, SCOPE, beyond, can_delegate, can_revoke, covers
from portal.enums import NoticeKind, Role
from portal.language import kept_language
from portal.models import Appointment, ClassGroup, Event, Notice, Person
from portal.notices import notify, notify_all
from portal.scopes import known_scopes
from portal.trail import record
from portal.workflow import NotAllowed, StaleRecord

if TYPE_CHECKING:
    from collections.abc import Mapping

KIND = "delegation"
REMIND_BEFORE = datetime.timedelta(days=7)
LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Wish:
    """What a holder wants to pass on: to whom (number and name), from when until when, why, and how narrow."""

    number: str
    name: str
    starts_on: datetime.date
    ends_on: datetime.date | None
    reason: str = ""
    scope: Mapping[str, Any] = field(default_factory=dict)


def delegate(source: Appointment, actor: Person, wish: Wish) -> Appointment:
    """Let somebody act for the actor, in the scope and in the days of the wish; both are told.

    Raises ``NotAllowed``, then ``ValidationError`` by field: to oneself, a student or somebody who has it already;
    without an end, too long, beyond the own dates or scope.
    """
    with transaction.atomic():
        # The giver's row first, then the receiver's: two grants of the same power to the same person meet here.
        held = Appointment.objects.select_for_update(of=("self",)).get(pk=source.pk)
        verdict = can_delegate(actor, held)
        if not verdict:
            raise NotAllowed(verdict)
        _check_days(held, wish)
        scope = {name: getattr(held, name) for name in SCOPE} | {k: v for k, v in wish.scope.items() if v}
        _check_scope(held, scope)
        receiver = _receiver(actor, wish)
        _check_free(receiver, held.role, scope, wish)
        row = Appointment.objects.create(
            person=receiver,
            role=held.role,
            **scope,
            starts_on=wish.starts_on,
            ends_on=wish.ends_on,
            delegated_by=actor,
            source=held,
            reason=wish.reason.strip(),
        )
        _record("delegate", row, actor, verdict.role, reason=row.reason, after=_facts(row))
        with kept_language():
            title = _("%(giver)s 委托您代行：%(role)s") % {"giver": actor.name, "role": row.get_role_display()}
            days = {"since": _day(row.starts_on), "until": _day(row.ends_on)}
            text = _("自 %(since)s 至 %(until)s（含）。您的操作会记为代行。") % days
        notify(receiver, NoticeKind.ACTION, title, text=text, path=reverse("powers"))
    return row


def revoke_delegation(row: Appointment, actor: Person, *, reason: str = "") -> Appointment:
    """End a delegation at once. Raises ``StaleRecord`` for one that was ended meanwhile, then ``NotAllowed``."""
    with transaction.atomic():
        held = Appointment.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if held.revoked_at is not None:
            raise StaleRecord(KIND, held.pk, reverse("powers"))
        verdict = can_revoke(actor, held)
        if not verdict:
            raise NotAllowed(verdict)
        held.revoked_at = timezone.now()
        held.save(update_fields=["revoked_at"])
        revoked = {"revoked_at": held.revoked_at.isoformat()}
        _record("revoke", held, actor, verdict.role, reason=reason.strip(), after=revoked)
        with kept_language():
            title = _("委托已结束：%(role)s") % {"role": held.get_role_display()}
            text = _("%(who)s 结束了这项委托。") % {"who": actor.name}
        others = [person for person in (held.person, held.delegated_by) if person is not None and person != actor]
        for person in others:
            notify(person, NoticeKind.INFORMATION, title, text=text, path=reverse("powers"))
    return held


def remind_of_ends(today: datetime.date | None = None) -> int:
    """Tell holders and givers of what ends within a week, each appointment once; how many were told of.

    The worker calls it every hour: the event that it leaves says that it was done.
    """
    day = today or timezone.localdate()
    with transaction.atomic():
        ending = Appointment.objects.in_force(day).filter(ends_on__lte=day + REMIND_BEFORE).order_by("pk")
        soon = list(ending.select_for_update(of=("self",)).select_related("person", "delegated_by"))
        reminders = Event.objects.filter(subject_kind="appointment", subject_key__in=[_ending(row) for row in soon])
        told = set(reminders.filter(verb="remind").values_list("subject_key", flat=True))
        rows = [row for row in soon if _ending(row) not in told]
        notify_all([notice for row in rows for notice in _ending_notices(row)])
        for row in rows:
            record("remind", None, kind="appointment", key=_ending(row), label=str(row), scheme=row.scheme_code)
    return len(rows)


def _ending(row: Appointment) -> str:
    """Name an appointment with its last day: one that was prolonged is told of again."""
    return f"{row.pk}:{row.ends_on:%Y-%m-%d}"


def _ending_notices(row: Appointment) -> list[Notice]:
    people = [row.person] + ([row.delegated_by] if row.delegated_by else [])
    with kept_language():
        told = {"role": row.get_role_display(), "until": _day(row.ends_on)}
        title = _("权限即将到期：%(role)s，%(until)s") % told
        text = _("到期后自动失效。需要继续的，请在到期前办理。")
    return [
        Notice(person=person, kind=NoticeKind.ACTION, title=title[:120], text=text, path=reverse("powers"))
        for person in people
    ]


def _day(day: datetime.date | None) -> str:
    return date_format(day, "Y-m-d") if day else ""


def _check_days(held: Appointment, wish: Wish) -> None:
    problems = {}
    if wish.starts_on < timezone.localdate():
        problems["starts_on"] = _("不能早于今天。")
    if wish.ends_on is None:
        problems["ends_on"] = _("委托必须有结束日期。")
    elif wish.ends_on < wish.starts_on:
        problems["ends_on"] = _("结束日期不能早于开始日期。")
    elif wish.ends_on - wish.starts_on > LONGEST:
        problems["ends_on"] = _("委托最长六个月；更久的请由管理员任命。")
    elif held.ends_on is not None and wish.ends_on > held.ends_on:
        problems["ends_on"] = _("不能超过您自己的任期：%(until)s。") % {"until": date_format(held.ends_on, "Y-m-d")}
    if len(wish.reason.strip()) > LONGEST_REASON:
        problems["reason"] = _("说明最多 %(most)s 字。") % {"most": LONGEST_REASON}
    if problems:
        raise ValidationError(problems)


def _check_scope(held: Appointment, scope: Mapping[str, Any]) -> None:
    known = known_scopes()
    if beyond(held, scope):
        raise ValidationError({"scope": _("委托的范围不能超出您自己的权限。")})
    code, category = scope["scheme_code"], scope["category_code"]
    if code and code != held.scheme_code and code not in known:
        raise ValidationError({"scope": _("没有这个认定办法。")})
    if group := scope["class_group_id"]:
        found = ClassGroup.objects.filter(pk=group, major__college=held.college_id).first()
        if found is None or (scope["cohort"] and found.cohort != scope["cohort"]):
            raise ValidationError({"scope": _("该学院没有这个班级。")})
    if category and category != held.category_code and category not in known.get(code, frozenset()):
        raise ValidationError({"scope": _("该认定办法没有这个申请类别。")})


def _receiver(actor: Person, wish: Wish) -> Person:
    """Return whom the wish means, locked; the name must fit the number, so that a slip gives nobody a power."""
    found = Person.objects.select_for_update(of=("self",)).filter(number=wish.number.strip(), is_active=True).first()
    if found is None or found.name != wish.name.strip():
        raise ValidationError({"number": _("没有这个工号和姓名的在用账号，请核对。")})
    if found.pk == actor.pk:
        raise ValidationError({"number": _("不能委托给自己。")})
    if found.standing.student_id is not None:
        raise ValidationError({"number": _("不能委托给学生。")})
    return found


def _check_free(receiver: Person, role: str, scope: Mapping[str, Any], wish: Wish) -> None:
    during = Q(ends_on__isnull=True) | Q(ends_on__gte=wish.starts_on)
    rows = Appointment.objects.filter(
        during, person=receiver, role=role, revoked_at__isnull=True, starts_on__lte=wish.ends_on
    ).order_by("pk")
    for row in rows:
        if not covers(row, scope):
            continue
        if row.delegated_by_id is None:
            raise ValidationError({"number": _("对方在这段时间已经有这项权限，不需要委托。")})
        days = {"since": _day(row.starts_on), "until": _day(row.ends_on)}
        raise ValidationError({"starts_on": _("与已有的委托重叠（%(since)s 至 %(until)s）。") % days})


def _record(verb: str, row: Appointment, actor: Person, role: str, **facts: Any) -> None:
    label = f"{row.delegated_by} → {row.person} {Role(row.role).label}"
    changes: Any = ({}, facts["after"])
    record(
        verb,
        actor,
        kind=KIND,
        key=row.pk,
        label=label,
        role=role,
        scheme=row.scheme_code,
        reason=facts["reason"],
        changes=changes,
    )


def _facts(row: Appointment) -> dict[str, Any]:
    scope = {name: getattr(row, name) for name in SCOPE if getattr(row, name)}
    days = {"starts_on": row.starts_on.isoformat(), "ends_on": row.ends_on.isoformat() if row.ends_on else ""}
    return {"person": row.person.number, "source": row.source_id, "role": row.role, **scope, **days}
