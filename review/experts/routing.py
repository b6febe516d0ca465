"""To whom claims that experts score belong: the category's owner unit, or the office where nobody holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from credits.models import Claim, Scheme, SchemeVersion
from credits.querysets import EVERYTHING, NOBODY, schemes_of, scope
from credits.stages import stage_of, stages_that
from portal.enums import Role, Status
from portal.models import Appointment, Person
from review.models import Assignment

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from credits.models import Category

ASSIGNERS = frozenset({Role.OWNER_UNIT, Role.OFFICE})
READERS = frozenset({*ASSIGNERS, Role.AUDITOR})
RELATED = (
    "student__person",
    "student__class_group",
    "college",
    "category",
    "scheme",
    "scheme_version",
    "round",
    "achievement",
)


def scored_by_experts() -> QuerySet[Claim]:
    """Return the claims that are in a stage that scores; a team is scored once, with its lead's claim."""
    return Claim.objects.filter(status=Status.IN_REVIEW, stage__in=stages_that("score"), follows_lead=False)


def claims_read_by(person: Person) -> QuerySet[Claim]:
    """Return the claims in scoring that the person's unit, office or audit covers, with everything a page reads."""
    reach = NOBODY
    for power in person.standing.powers_as(READERS):
        reach |= scope(power)
    found = scored_by_experts().filter(reach).select_related(*RELATED)
    return found.prefetch_related("achievement__members__student", "round__windows")


def claims_assigned_by(person: Person) -> QuerySet[Claim]:
    """Return what was handed in of all that the person gives to experts, wherever it stands by now."""
    reach = NOBODY
    for power in person.standing.powers_as(ASSIGNERS):
        reach |= scope(power)
    return Claim.objects.in_reach_of(person).filter(reach, follows_lead=False)


def claims_of_own(person: Person) -> QuerySet[Claim]:
    """Return of those what waits for the person: an owner unit's, and the office's where no unit is appointed."""
    mine = NOBODY
    for power in person.standing.powers_as([Role.OWNER_UNIT]):
        mine |= scope(power)
    ours = schemes_of(person, [Role.OFFICE])
    if ours != NOBODY:
        mine |= ours & ~_held_by_units() if ours != EVERYTHING else ~_held_by_units()
    return claims_read_by(person).filter(mine)


def _held_by_units() -> Q:
    """Return the condition "an owner unit is appointed for the claim's category today"."""
    held = Appointment.objects.in_force(timezone.localdate()).filter(role=Role.OWNER_UNIT).order_by()
    found = NOBODY
    for scheme, category in held.values_list("scheme_code", "category_code").distinct():
        one = Q()
        if scheme:
            one &= Q(scheme__code=scheme)
        if category:
            one &= Q(category__code=category)
        found |= one or EVERYTHING
    return found


def unit_holders(scheme: Scheme, category: Category) -> list[Person]:
    """Return who holds the owner unit of a category today; where nobody does, the scheme's office."""
    powers = Appointment.objects.in_force(timezone.localdate()).filter(scheme_code__in=["", scheme.code])
    units = powers.filter(role=Role.OWNER_UNIT, category_code__in=["", category.code])
    people = Person.objects.filter(pk__in=units.values("person_id")).order_by("pk")
    return list(people) or list(
        Person.objects.filter(pk__in=powers.filter(role=Role.OFFICE).values("person_id")).order_by("pk")
    )


def short_of_experts() -> Q:
    """Return the condition "fewer experts than the regulation asks for"; rows come from ``with_counts``."""
    found = NOBODY
    # All versions, which are few: asking the claims which are at hand reads every one that waits.
    for version in SchemeVersion.objects.order_by():
        found |= Q(scheme_version=version.pk, active__lt=least_of(version))
    return found


def with_counts(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    """Add how many experts each claim has, ``active``, and how many of them have scored, ``scored``."""
    own = Assignment.objects.of_this_turn().counting().filter(claim=OuterRef("pk"))
    return claims.annotate(active=_number(own), scored=_number(own.filter(state="scored")))


def _number(tasks: QuerySet[Assignment]) -> Coalesce:
    counted = tasks.order_by().values("claim").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


def least_of(version: SchemeVersion) -> int:
    """Return how many scores a result needs."""
    scoring = version.data.scoring
    return scoring.least if scoring is not None else 1


def scores_now(claim: Claim) -> bool:
    """Whether the claim is in a stage that scores; a mate's never is, the lead's is scored for the whole team."""
    if claim.status != Status.IN_REVIEW or claim.follows_lead:
        return False
    stage = stage_of(claim.scheme_version, claim.stage)
    return stage is not None and stage.acts == "score"
