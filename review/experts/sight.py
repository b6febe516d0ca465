"""What experts see of other people's claims: those they were given, never while they are amended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from credits.sight import extend_sight
from portal.enums import Role, Status
from review.models import Assignment

if TYPE_CHECKING:
    from portal.models import Person

AMENDED = (Status.DRAFT, Status.RETURNED, Status.WITHDRAWN)


def assigned_claims(person: Person) -> Q | None:
    """Return the condition "given to the person, who neither abstained nor was relieved"; None for who is no expert."""
    if not person.standing.has(Role.EXPERT):
        return None
    mine = Assignment.objects.owned_by(person).counting().of_this_turn()
    return Q(pk__in=mine.exclude(claim__status__in=AMENDED).values("claim"))


extend_sight(assigned_claims)
