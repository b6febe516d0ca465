"""Who is on the committee, and what waits for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from credits.models import Claim
from credits.stages import stages_that
from portal.enums import Role, Status
from portal.models import Appointment
from review.committee.rules import is_gone
from review.models import AgendaItem, Attendance, ItemOutcome, MeetingState

if TYPE_CHECKING:
    import datetime

    from django.db.models import QuerySet

    from credits.models import Scheme
    from portal.models import Person
    from review.models import Meeting


def appointments_to(scheme: Scheme) -> QuerySet[Appointment]:
    """Return every appointment to the scheme's committee, ended ones included; those in office first."""
    found = Appointment.objects.filter(role=Role.COMMITTEE, scheme_code__in=["", scheme.code])
    return found.select_related("person", "college", "delegated_by").order_by("person__number", "starts_on", "pk")


def members_on(scheme: Scheme, day: datetime.date) -> dict[int, Person]:
    """Return the members in office on a day, by id."""
    return {row.person_id: row.person for row in appointments_to(scheme).in_force(day)}  # type: ignore[attr-defined]  # the manager's queryset


def members_until(scheme: Scheme, day: datetime.date) -> list[Person]:
    """Return everybody whose term has not ended before the day: who may be called to a meeting from then on."""
    open_ended = Q(ends_on__isnull=True) | Q(ends_on__gte=day)
    rows = appointments_to(scheme).filter(open_ended, person__is_active=True)
    return list({row.person_id: row.person for row in rows}.values())


@dataclass(frozen=True, slots=True)
class Term:
    """One member's term of office with how often the member was called and came."""

    appointment: Appointment
    state: str
    called: int
    came: int

    @property
    def label(self) -> str:
        """Return the state in words."""
        return {"coming": _("未到任"), "ended": _("已到期"), "in_force": _("在任")}[self.state]


def terms_of(scheme: Scheme) -> list[Term]:
    """Return the terms of all members, those in office first, then the coming and the ended ones (two queries)."""
    today = timezone.localdate()
    closed = Attendance.objects.filter(meeting__scheme=scheme, meeting__state=MeetingState.CLOSED).order_by()
    counted = closed.values("person").annotate(called=Count("pk"), came=Count("pk", filter=Q(present=True)))
    sat = {row["person"]: (row["called"], row["came"]) for row in counted}
    terms = [Term(row, _state(row, today), *sat.get(row.person_id, (0, 0))) for row in appointments_to(scheme)]
    order = ("in_force", "coming", "ended")
    return sorted(terms, key=lambda term: order.index(term.state))


def _state(row: Appointment, today: datetime.date) -> str:
    if row.starts_on > today:
        return "coming"
    ended = (row.ends_on is not None and row.ends_on < today) or not row.person.is_active
    return "ended" if ended else "in_force"


def waiting_claims(scheme: Scheme, *, among: QuerySet[Claim] | None = None, but: Meeting | None = None) -> Any:
    """Return the claims of the scheme, ``among`` those that a person reaches, that still have to come on an agenda.

    What a meeting (``but``) has had on its own agenda does not come back to it.
    """
    listed = AgendaItem.objects.filter(claim=OuterRef("pk"))
    mine = Q(outcome=ItemOutcome.PENDING) if but is None else Q(outcome=ItemOutcome.PENDING) | Q(meeting=but)
    claims = Claim.objects.all() if among is None else among
    stages = stages_that("confirm")
    found = claims.filter(scheme=scheme, status=Status.IN_REVIEW, stage__in=stages, follows_lead=False)
    return found.filter(~Exists(listed.filter(mine)))


def listed_item(person: Person, claim: Claim) -> AgendaItem | None:
    """Return the open item of an agenda on which a claim stands, where the person sees it (no query elsewhere)."""
    if is_gone(claim):
        return None
    items = AgendaItem.objects.visible_to(person).filter(claim=claim, outcome=ItemOutcome.PENDING)
    return items.select_related("meeting").first()
