"""Named questions about imports, experts' tasks, meetings, publicity and objections."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from credits.querysets import EVERYTHING, NOBODY, schemes_of
from portal.enums import Role

if TYPE_CHECKING:
    from portal.models import Person
    from review.models import (  # noqa: F401 - named in the generic types
        Assignment,
        ImportBatch,
        Meeting,
        Objection,
        PublicityList,
    )


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    """Named questions about imports, experts' tasks, meetings, publicity and objections."""

    def visible_to(self, person: Person) -> ImportBatchQuerySet:
        """Return the batches of the schemes and categories for which the person records, or audits."""
        reach = NOBODY
        for power in person.standing.powers_as([Role.OFFICE, Role.OWNER_UNIT, Role.AUDITOR]):
            one = Q()
            if power.scheme_code:
                one &= Q(scheme__code=power.scheme_code)
            if power.category_code:
                one &= Q(category__code=power.category_code)
            reach |= one or EVERYTHING
        return self.filter(reach)


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Named questions about experts' tasks."""

    def owned_by(self, person: Person) -> AssignmentQuerySet:
        """Return the expert's own tasks, in force while the person is an expert at all; taken-back ones never."""
        if not person.standing.has(Role.EXPERT):
            return self.none()
        return self.filter(expert=person).exclude(state="withdrawn")

    def counting(self) -> AssignmentQuerySet:
        """Return what still counts towards a result."""
        return self.filter(state__in=["waiting", "scored"])


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Named questions about the committee's meetings."""

    def kept_by(self, person: Person) -> MeetingQuerySet:
        """Return the meetings of the schemes for which the person is the office."""
        return self.filter(schemes_of(person, [Role.OFFICE]))

    def visible_to(self, person: Person) -> MeetingQuerySet:
        """Return the meetings that the office keeps, that members are called to, and that auditors read."""
        kept = schemes_of(person, [Role.OFFICE, Role.AUDITOR])
        called = Q(pk__in=self.model._base_manager.filter(attendances__person=person).values("pk"))
        return self.filter(kept | called if person.standing.has(Role.COMMITTEE) else kept)


class PublicityQuerySet(models.QuerySet["PublicityList"]):
    """Named questions about publicity lists."""

    def kept_by(self, person: Person) -> PublicityQuerySet:
        """Return the lists, in any state, of the schemes for which the person is the office."""
        return self.filter(schemes_of(person, [Role.OFFICE]))

    def shown_at(self, moment: datetime.datetime) -> PublicityQuerySet:
        """Return the lists whose period holds the moment: what everybody may read."""
        return self.filter(state="published", opens_at__lte=moment, closes_at__gt=moment)


class ObjectionQuerySet(models.QuerySet["Objection"]):
    """Named questions about objections."""

    def visible_to(self, person: Person) -> ObjectionQuerySet:
        """Return the own ones, and those to lists of the schemes that the person's office or audit covers."""
        return self.filter(Q(person=person) | schemes_of(person, [Role.OFFICE, Role.AUDITOR], "entry__list__scheme__"))
