"""Named questions about offerings, applications and forms."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from credits.querysets import NOBODY, READERS, schemes_of, scope
from portal.enums import Role, Status

if TYPE_CHECKING:
    from collections.abc import Collection

    from conversion.models import Application, Form, Offering, PlanCourse  # noqa: F401 - named in the generic types
    from credits.models import Claim
    from portal.models import Person, Student

APPLICATION_READERS = READERS - {Role.OWNER_UNIT}
# While an application is here, the ledger holds its points for it, or has given them to it.
HOLDING = (Status.IN_REVIEW, Status.PUBLICITY)
USING = (*HOLDING, Status.RECOGNISED)


class OfferingQuerySet(models.QuerySet["Offering"]):
    """Named questions about offerings."""

    def for_student(self, student: Student) -> OfferingQuerySet:
        """Return what the student's college and cohort could convert into, whether open now or not.

        A course without grade bands can only be offset: it is for those whose training plan has it.
        """
        planned = self._graded() | Q(Exists(self._plans().of(student).filter(course=OuterRef("course"))))
        covered = (
            self.filter(planned)
            .filter(course__is_active=True, course__scheme__coverage__college_id=student.college_id)
            .filter(
                Q(course__scheme__coverage__cohort_from__isnull=True)
                | Q(course__scheme__coverage__cohort_from__lte=student.cohort),
                Q(course__scheme__coverage__cohort_to__isnull=True)
                | Q(course__scheme__coverage__cohort_to__gte=student.cohort),
            )
        )
        closed = [row.pk for row in covered if row.cohorts and student.cohort not in row.cohorts]
        return covered.exclude(pk__in=closed).distinct()

    @staticmethod
    def _graded() -> Q:
        from conversion.models import GradeBand  # noqa: PLC0415 - models read querysets

        return Q(Exists(GradeBand.objects.filter(course=OuterRef("course"))))

    @staticmethod
    def _plans() -> PlanQuerySet:
        from conversion.models import PlanCourse  # noqa: PLC0415 - models read querysets

        return PlanCourse.objects.all()

    def graded(self) -> OfferingQuerySet:
        """Return those of courses that earn a grade, leaving out what can only be offset."""
        return self.filter(self._graded())

    def open_at(self, moment: datetime.datetime | None = None) -> OfferingQuerySet:
        """Return those that take applications now."""
        now = moment or timezone.now()
        return self.filter(opens_at__lte=now, closes_at__gte=now)


class PlanQuerySet(models.QuerySet["PlanCourse"]):
    """Named questions about training plans."""

    def of(self, student: Student) -> PlanQuerySet:
        """Return the courses of the student's own plan: of the major and the cohort, those in use."""
        return self.filter(major_id=student.major_id, cohort=student.cohort, is_active=True)

    def kept_by(self, person: Person) -> PlanQuerySet:
        """Return the rows, in use or not, of the schemes for which the person is the office."""
        return self.filter(schemes_of(person, [Role.OFFICE]))


class ApplicationQuerySet(models.QuerySet["Application"]):
    """Named questions about applications."""

    def owned_by(self, person: Person) -> ApplicationQuerySet:
        """Return the person's own applications."""
        student_id = person.standing.student_id
        return self.filter(student_id=student_id) if student_id else self.none()

    def in_reach_of(self, person: Person, roles: Collection[str] = APPLICATION_READERS) -> ApplicationQuerySet:
        """Return other people's applications that the appointments (of these roles) reach, drafts never."""
        reach = NOBODY
        for power in person.standing.powers:
            if power.role in roles and not power.category_code:
                reach |= scope(power)
        # A draft that was put away is "withdrawn", too, but nobody has ever handed it in.
        seen = ~Q(status=Status.DRAFT) & ~Q(status=Status.WITHDRAWN, submitted_at__isnull=True)
        return self.filter(reach & seen) if reach != NOBODY else self.none()

    def visible_to(self, person: Person) -> ApplicationQuerySet:
        """Return what the person may see."""
        return self.owned_by(person) | self.in_reach_of(person)

    def fed_by(self, claim: Claim) -> ApplicationQuerySet:
        """Return the applications for which points of the claim are held, or to which they were given."""
        return self.filter(lines__lot__claim=claim, status__in=USING)

    def waiting_for(self, person: Person) -> ApplicationQuerySet:
        """Return the queue: applications whose present stage one of the appointments decides."""
        from credits.stages import stages_decided_by  # noqa: PLC0415 - reads versions, which read querysets

        wanted = NOBODY
        for power in person.standing.powers:
            stages = stages_decided_by(power.role, power.scheme_code, "conversions")
            if stages and not power.category_code:
                wanted |= Q(stage__in=stages) & scope(power)
        own = Q(student_id=person.standing.student_id) if person.standing.student_id else NOBODY
        return self.filter(wanted, status=Status.IN_REVIEW).exclude(own)


class FormQuerySet(models.QuerySet["Form"]):
    """Named questions about forms."""

    def visible_to(self, person: Person) -> FormQuerySet:
        """Return the forms of the applications that the person may see."""
        from conversion.models import Application  # noqa: PLC0415 - models read querysets

        return self.filter(application__in=Application.objects.visible_to(person))

    def missing(self) -> FormQuerySet:
        """Return valid forms whose signed paper has not been received."""
        return self.filter(state="valid", filing__isnull=True)
