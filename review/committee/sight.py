"""What members see of other people's claims: those on the agenda of a meeting to which they are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from credits.sight import extend_sight
from portal.enums import Role, Status
from review.models import AgendaItem

if TYPE_CHECKING:
    from portal.models import Person

AMENDED = (Status.DRAFT, Status.RETURNED, Status.WITHDRAWN)


def listed_claims(person: Person) -> Q | None:
    """Return the condition "on the agenda of the person's meeting"; None for whose appointment reaches them anyway.

    An appointment that names a college says where a member is at home, not which claims the committee decides.
    """
    homes = [power.college_id for power in person.standing.powers_as([Role.COMMITTEE])]
    if not any(homes):
        return None
    mine = AgendaItem.objects.filter(meeting__attendances__person=person)
    return Q(pk__in=mine.exclude(claim__status__in=AMENDED).values("claim"))


extend_sight(listed_claims)
