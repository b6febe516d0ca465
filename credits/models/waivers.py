"""Late waivers: who may still claim in a round after its deadline, until when, and why."""

from __future__ import annotations

import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, OuterRef, Q
from django.db.models.functions import Coalesce, Least
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from credits.models.rounds import Round
from credits.querysets import schemes_of
from portal.enums import Role
from portal.models import ClassGroup, Person, Student
from portal.moments import deciding_moment


class LateWaiverQuerySet(models.QuerySet["LateWaiver"]):
    """Named questions about late waivers."""

    def kept_by(self, person: Person) -> LateWaiverQuerySet:
        """Return those of the rounds that the person keeps."""
        return self.filter(schemes_of(person, [Role.OFFICE], "round__scheme__"))

    def of(self, student: Student) -> LateWaiverQuerySet:
        """Return those given to the student or to the whole class."""
        return self.filter(Q(student=student) | Q(class_group=student.class_group_id))

    def in_force(self, at: datetime.datetime | None = None) -> LateWaiverQuerySet:
        """Return those that still open the round; the last moment belongs to them."""
        return self.filter(ended_at__isnull=True, until__gte=at or deciding_moment())

    def close_expired(self) -> int:
        """Note those as ended that are past their date, so that another may follow; how many."""
        return self.filter(ended_at__isnull=True, until__lt=timezone.now()).update(ended_at=F("until"))

    def at(self, moment: OuterRef) -> LateWaiverQuerySet:
        """Return those that opened the round at a moment of an outer row, whether they are over by now or not."""
        ends = Least("until", Coalesce("ended_at", "until"))
        return self.alias(ends=ends).filter(granted_at__lte=moment, ends__gte=moment)


class LateWaiver(models.Model):
    """One permission to claim after a round's deadline, for one student or one class, with its reason."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="waivers", verbose_name=_("活动"))
    student = models.ForeignKey(
        Student, models.PROTECT, null=True, blank=True, related_name="waivers", verbose_name=_("学生")
    )
    class_group = models.ForeignKey(
        ClassGroup, models.PROTECT, null=True, blank=True, related_name="waivers", verbose_name=_("班级")
    )
    until = models.DateTimeField(_("延期至"))
    reason = models.CharField(_("理由"), max_length=200)
    granted_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("批准人"))
    granted_at = models.DateTimeField(_("批准时间"), default=timezone.now)
    ended_at = models.DateTimeField(_("收回时间"), null=True, blank=True)

    objects = LateWaiverQuerySet.as_manager()

    class Meta:
        verbose_name = _("延期许可")
        verbose_name_plural = _("延期许可")
        ordering = ("-pk",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(student__isnull=True, class_group__isnull=False)
                | Q(student__isnull=False, class_group__isnull=True),
                name="waiver_for_one_or_a_class",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="waiver_has_reason"),
            models.UniqueConstraint(
                fields=["round", "student"], condition=Q(ended_at__isnull=True), name="waiver_student_once"
            ),
            models.UniqueConstraint(
                fields=["round", "class_group"], condition=Q(ended_at__isnull=True), name="waiver_class_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round} {self.student or self.class_group}"

    def reaches(self, student: Student) -> bool:
        """Whether it was given to the student or to the whole class, over or not; no query."""
        return self.student_id == student.pk or (
            self.class_group_id is not None and self.class_group_id == student.class_group_id
        )

    @property
    def is_revoked(self) -> bool:
        """Whether it was taken back before its date."""
        return self.ended_at is not None and self.ended_at < self.until
