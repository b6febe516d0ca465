"""What the pages of powers show: each with its scope in words, what it allows, where it came from, and its state."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet, TextChoices
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from portal.administration import is_administrator
from portal.delegations.rules import SCOPE, can_delegate, can_revoke, covers
from portal.enums import Role
from portal.models import Appointment, Event
from portal.scopes import covered_colleges, known_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from portal.models import Person
    from portal.verdict import Verdict

RELATED = ("person", "college", "class_group", "delegated_by", "source__person")
SOON = datetime.timedelta(days=30)
# What each role may do, as a sentence: the rules are in code, and this is what they come to.
MAY = {
    Role.COUNSELLOR: _("查看范围内学生的申报和申请"),
    Role.SECRETARY: _("审核本学院的申报和申请，备案签字的申请表，报送初审结果"),
    Role.OWNER_UNIT: _("审核归口类别的申报，录入本单位认定的记录"),
    Role.EXPERT: _("为分配给自己的申报评分"),
    Role.OFFICE: _("管理批次、规则、课程和成果库，复核申报，组织公示，撤销认定"),
    Role.COMMITTEE: _("在评审会议上审议和表决"),
    Role.AUDITOR: _("查看认定办法内的记录和审计记录，不能更改"),
    Role.ADMINISTRATOR: _("维护账号、任职和技术数据，不参与任何审核决定"),
}


class State(TextChoices):
    """How an appointment stands on a day."""

    IN_FORCE = "in_force", _("有效")
    SOON = "soon", _("30 天内到期")
    COMING = "coming", _("未开始")
    LAPSED = "lapsed", _("随委托人失效")
    REVOKED = "revoked", _("已收回")
    ENDED = "ended", _("已到期")
    INACTIVE = "inactive", _("账号停用")


TONES = {State.IN_FORCE: ("ok", "check-circle"), State.SOON: ("warn", "clock"), State.COMING: ("info", "clock")}


@dataclass(frozen=True, slots=True)
class Holding:
    """One appointment as a row of a page."""

    row: Appointment
    scope: str
    state: State
    given: str
    overlaps: bool = False
    delegable: Verdict | None = None
    revocable: Verdict | None = None

    @property
    def may(self) -> Any:
        """What it allows."""
        return MAY[Role(self.row.role)]

    @property
    def tone(self) -> str:
        """The colour of its state."""
        return TONES.get(self.state, ("", ""))[0]

    @property
    def icon(self) -> str:
        """The shape of its state."""
        return TONES.get(self.state, ("", "dash-circle"))[1]


def state_of(row: Appointment, day: datetime.date) -> State:
    """Return how the appointment stands; what was passed on falls with its giver's."""
    if row.revoked_at is not None:
        return State.REVOKED
    if row.ends_on is not None and row.ends_on < day:
        return State.ENDED
    if not row.person.is_active:
        return State.INACTIVE
    source = row.source
    if source is not None and (
        source.revoked_at is not None
        or not source.person.is_active
        or (source.ends_on is not None and source.ends_on < day)
    ):
        return State.LAPSED
    if row.starts_on > day:
        return State.COMING
    return State.SOON if row.ends_on is not None and row.ends_on <= day + SOON else State.IN_FORCE


def in_state(state: str, day: datetime.date) -> Q:
    """Return the condition of a filter's choice: in force, ending soon, coming, or over for whatever reason."""
    now = Q(pk__in=Appointment.objects.in_force(day).values("pk"))
    coming = Q(starts_on__gt=day, revoked_at__isnull=True, person__is_active=True)
    return {
        "soon": now & Q(ends_on__lte=day + SOON),
        "coming": coming,
        "over": ~now & ~coming,
        "all": Q(),
    }.get(state, now)


def read_by(person: Person) -> QuerySet[Appointment]:
    """Return the appointments that the person reads: all for who keeps them, else those of the own schemes.

    A secretary's without a scheme belongs to the schemes that cover the college. The administrators' are for all.
    """
    found = Appointment.objects.select_related(*RELATED)
    if is_administrator(person):
        return found
    codes = {power.scheme_code for power in person.standing.powers_as([Role.OFFICE, Role.AUDITOR])}
    if "" in codes or not codes:
        return found if codes else found.none()
    here = Q(college__isnull=True) | Q(college__in=covered_colleges(codes))
    return found.filter(Q(scheme_code__in=sorted(codes)) | (Q(scheme_code="") & here))


def held_by(person: Person) -> list[Holding]:
    """Return what the person holds, held and will hold, the present first (four queries)."""
    rows = Appointment.objects.filter(person=person).select_related(*RELATED).order_by("-starts_on", "-pk")
    return sorted(_holdings(rows, person), key=lambda holding: holding.state not in TONES)


def given_by(person: Person) -> list[Holding]:
    """Return what the person passed on, the present first."""
    rows = Appointment.objects.filter(delegated_by=person).select_related(*RELATED).order_by("-starts_on", "-pk")
    return sorted(_holdings(rows, person), key=lambda holding: holding.state not in TONES)


def shown(rows: Iterable[Appointment]) -> list[Holding]:
    """Return the rows of the overview."""
    return _holdings(rows, None)


def _holdings(rows: Iterable[Appointment], person: Person | None) -> list[Holding]:
    found, day, names = list(rows), timezone.localdate(), known_names()
    givers, doubled = _givers(found), _doubled(found, day)
    return [
        Holding(
            row=row,
            scope=scope_in_words(row, names),
            state=state_of(row, day),
            given=_given(row, givers),
            overlaps=row.pk in doubled,
            delegable=can_delegate(person, row) if person else None,
            revocable=can_revoke(person, row) if person and row.delegated_by_id else None,
        )
        for row in found
    ]


def scope_in_words(row: Appointment, names: Mapping[tuple[str, str], str]) -> str:
    """Return the scope as people say it."""
    parts = [
        names.get((row.scheme_code, ""), row.scheme_code),
        names.get((row.scheme_code, row.category_code), row.category_code) if row.category_code else "",
        row.college.name if row.college else "",
        _t("%(cohort)s级") % {"cohort": row.cohort} if row.cohort else "",
        row.class_group.name if row.class_group else "",
    ]
    return " · ".join(part for part in parts if part) or _t("全部")


def _given(row: Appointment, givers: Mapping[str, Event]) -> str:
    if row.delegated_by:
        return _t("%(name)s 委托") % {"name": row.delegated_by.name}
    event = givers.get(str(row.pk))
    return _t("%(name)s 任命") % {"name": event.actor_name} if event else _t("管理员任命")


def _givers(rows: list[Appointment]) -> dict[str, Event]:
    """Return who entered each appointment, as far as it was entered one by one (one query)."""
    keys = [str(row.pk) for row in rows if row.delegated_by_id is None]
    events = Event.objects.filter(subject_kind="appointment", subject_key__in=keys, verb="admin_add")
    return {event.subject_key: event for event in events}


def _doubled(rows: list[Appointment], day: datetime.date) -> set[int]:
    """Return which of the rows' appointments are held twice over in the same days, looking at everybody on the page."""
    mine: dict[tuple[int, str], list[Appointment]] = defaultdict(list)
    people = {row.person_id for row in rows}
    alive = Q(ends_on__isnull=True) | Q(ends_on__gte=day)
    for row in Appointment.objects.filter(alive, person__in=people, revoked_at__isnull=True):
        mine[row.person_id, row.role].append(row)
    return {row.pk for same in mine.values() for row in same if any(_over(row, other) for other in same)}


def _over(row: Appointment, other: Appointment) -> bool:
    if row.pk == other.pk:
        return False
    apart = (row.ends_on is not None and row.ends_on < other.starts_on) or (
        other.ends_on is not None and other.ends_on < row.starts_on
    )
    return not apart and (covers(row, _scope(other)) or covers(other, _scope(row)))


def _scope(row: Appointment) -> dict[str, Any]:
    return {name: getattr(row, name) for name in SCOPE}
