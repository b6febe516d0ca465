"""Which events a person may read: office and auditor those of their schemes, the administrator what is technical."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from conversion.models import ApplicationEvent
from credits.models import ClaimEvent
from credits.querysets import EVERYTHING, NOBODY, scope
from portal.administration import is_administrator
from portal.enums import Role, Status
from portal.models import Event

if TYPE_CHECKING:
    from portal.models import Person

READERS = (Role.OFFICE, Role.AUDITOR)
# Accounts, units, appointments and jobs: what the administrator answers for. Nothing of a claim, no decision.
TECHNICAL = frozenset(
    {
        *(
            "person",
            "people",
            "college",
            "major",
            "classgroup",
            "student",
            "term",
            "holiday",
            "job",
            "mail",
            "notice_settings",
        ),
        *("appointment", "delegation"),
    }
)


class Trail(TextChoices):
    """The tables of the trail, each a list of its own."""

    CLAIMS = "claims", pgettext_lazy("list", "申报")
    APPLICATIONS = "applications", _("转换与冲抵")
    OFFICE = "office", _("日常管理")


MODELS: dict[str, Any] = {Trail.CLAIMS: ClaimEvent, Trail.APPLICATIONS: ApplicationEvent, Trail.OFFICE: Event}


def trails_of(person: Person) -> list[Trail]:
    """Return the lists that the person may open: all for office and auditor, one for the administrator, else none."""
    if person.standing.has(*READERS):
        return list(Trail)
    return [Trail.OFFICE] if is_administrator(person) else []


def events_for(person: Person, trail: str) -> QuerySet[Any]:
    """Return the events of a list that the person may read: the only road to one of them.

    Drafts are the student's own affair. Who is the student, or still scores the claim, reads nothing of it here: it
    would name the experts to them.
    """
    found: QuerySet[Any] = MODELS[trail].objects.filter(_reach(person, trail))
    if trail == Trail.OFFICE:
        return found
    found = found.exclude(subject__status=Status.DRAFT)
    found = found.exclude(subject__status=Status.WITHDRAWN, subject__submitted_at__isnull=True)
    if person.standing.student_id:
        found = found.exclude(subject__student_id=person.standing.student_id)
    if trail == Trail.CLAIMS and person.standing.has(Role.EXPERT):
        found = found.exclude(subject__assignments__expert=person)
    return found


def _reach(person: Person, trail: str) -> Q:
    reach = NOBODY
    for power in person.standing.powers_as(READERS):
        if trail == Trail.OFFICE:
            reach |= Q(scheme_code=power.scheme_code) if power.scheme_code else EVERYTHING
        elif trail == Trail.CLAIMS or not power.category_code:
            reach |= scope(power, "subject__")
    if trail == Trail.OFFICE and is_administrator(person):
        reach |= Q(subject_kind__in=TECHNICAL)
    return reach
