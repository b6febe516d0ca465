"""Named questions about imports, experts' tasks, meetings, publicity and objections."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from credits.querysets import EVERYTHING, NOBODY, WHOLE_SCHEME, schemes_of
from credits.stages import stages_that
from portal.enums import Role

if TYPE_CHECKING:
    from portal.models import Person
    from review.models import (  # noqa: F401 - named in the generic types
        AgendaItem,
        Assignment,
        DecisionBatch,
        DecisionSheet,
        ImportBatch,
        Meeting,
        Objection,
        PublicityList,
        SavedView,
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


class DecisionSheetQuerySet(models.QuerySet["DecisionSheet"]):
    """Named questions about the workbooks in which reviewers decided."""

    def visible_to(self, person: Person) -> DecisionSheetQuerySet:
        """Return the person's own: a workbook speaks for nobody else."""
        return self.filter(created_by=person)


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

    def waiting(self) -> AssignmentQuerySet:
        """Return what has no score yet."""
        return self.filter(state="waiting")

    def of_this_turn(self) -> AssignmentQuerySet:
        """Return the tasks that belong to the claim as it was handed in last."""
        return self.filter(turn=handings_in("claim"))

    def at_hand(self) -> AssignmentQuerySet:
        """Return the tasks that can be done now: of this turn, and the claim is still in the stage that scores."""
        return self.of_this_turn().filter(claim__status="in_review", claim__stage__in=stages_that("score"))


def handings_in(path: str) -> Coalesce:
    """Return how often a claim was handed in, at least once: the turn that its scores belong to."""
    from credits.models import Submission  # noqa: PLC0415 - models read querysets

    found = Submission.objects.filter(claim=models.OuterRef(path)).order_by().values("claim")
    return Coalesce(models.Subquery(found.annotate(number=models.Count("pk")).values("number")), 1)


class DecisionBatchQuerySet(models.QuerySet["DecisionBatch"]):
    """Named questions about batches of decisions."""

    def visible_to(self, person: Person) -> DecisionBatchQuerySet:
        """Return the person's own: a colleague reads on each claim what was decided."""
        return self.filter(person=person)


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """Named questions about saved views."""

    def owned_by(self, person: Person) -> SavedViewQuerySet:
        """Return the person's own, in the order in which they were saved."""
        return self.filter(person=person)

    def of(self, queue: str) -> SavedViewQuerySet:
        """Return those of one queue."""
        return self.filter(queue=queue)

    def named(self) -> SavedViewQuerySet:
        """Return those that stand above the list; the one without a name is how the list looks by itself."""
        return self.exclude(name="")


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


class AgendaItemQuerySet(models.QuerySet["AgendaItem"]):
    """Named questions about what stands on the committee's agendas."""

    def visible_to(self, person: Person) -> AgendaItemQuerySet:
        """Return the items of the meetings that the person sees."""
        meetings = self.model._meta.get_field("meeting").related_model
        return self.filter(meeting__in=meetings.objects.visible_to(person))  # type: ignore[union-attr]  # a model

    def with_claims(self) -> AgendaItemQuerySet:
        """Fetch what a page says of each claim, and what could tie members to it: its student and its team."""
        related = ("student__person", "student__class_group", "student__major", "achievement", "round")
        own = ("category", "college", "scheme", "scheme_version")
        found = self.select_related("meeting__scheme", *(f"claim__{name}" for name in (*related, *own)))
        return found.prefetch_related("claim__achievement__members__student")


class PublicityQuerySet(models.QuerySet["PublicityList"]):
    """Named questions about publicity lists."""

    def kept_by(self, person: Person) -> PublicityQuerySet:
        """Return the lists, in any state, of the schemes for which the person is the office."""
        return self.filter(schemes_of(person, [Role.OFFICE]))

    def visible_to(self, person: Person) -> PublicityQuerySet:
        """Return the lists, in any state, of the schemes that the person's office, committee or audit covers."""
        return self.filter(schemes_of(person, sorted(WHOLE_SCHEME)))

    def shown_at(self, moment: datetime.datetime) -> PublicityQuerySet:
        """Return the lists whose period holds the moment: what everybody may read."""
        return self.filter(state="published", opens_at__lte=moment, closes_at__gt=moment)


class ObjectionQuerySet(models.QuerySet["Objection"]):
    """Named questions about objections."""

    def owned_by(self, person: Person) -> ObjectionQuerySet:
        """Return what the person objected to."""
        return self.filter(person=person)

    def handled_by(self, person: Person) -> ObjectionQuerySet:
        """Return the objections to lists of the schemes for which the person is the office: nobody else sees whose."""
        return self.filter(schemes_of(person, [Role.OFFICE], "entry__list__scheme__"))

    def visible_to(self, person: Person) -> ObjectionQuerySet:
        """Return the own ones and those that the person handles."""
        return self.owned_by(person) | self.handled_by(person)
