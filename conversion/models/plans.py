"""Training plans (培养方案) and the lifetime allowance of offsets."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from conversion.models.courses import Course
from conversion.querysets import PlanQuerySet
from credits.models import Scheme
from portal.models import Major, Student
from portal.points import ZERO, PointsField


class PlanCourse(models.Model):
    """One course of the training plan of a major and cohort, with its kind there (elective, practice, …)."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="plan_courses", verbose_name=_("认定办法"))
    major = models.ForeignKey(Major, models.PROTECT, related_name="plan_courses", verbose_name=_("专业"))
    cohort = models.PositiveSmallIntegerField(_("年级"))
    course = models.ForeignKey(Course, models.PROTECT, related_name="plans", verbose_name=_("课程"))
    kind = models.SlugField(_("课程性质"), max_length=32)
    is_active = models.BooleanField(_("启用"), default=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("培养方案课程")
        verbose_name_plural = _("培养方案课程")
        ordering = ("major", "cohort", "course")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["major", "cohort", "course"], name="plan_course_once"),
        ]

    def __str__(self) -> str:
        return f"{self.major} {self.cohort} {self.course}"


class Allowance(models.Model):
    """How much course credit one student has offset or applied to offset, of what the scheme allows over life.

    The row is locked before ``used`` grows, and the CHECK is the last word: two offsets at once never exceed the cap.
    """

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="+", verbose_name=_("认定办法"))
    student = models.ForeignKey(Student, models.PROTECT, related_name="allowances", verbose_name=_("学生"))
    cap = PointsField(_("上限"))
    used = PointsField(_("已用"), default=ZERO)

    class Meta:
        verbose_name = _("冲抵额度")
        verbose_name_plural = _("冲抵额度")
        ordering = ("pk",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scheme", "student"], name="allowance_once"),
            models.CheckConstraint(condition=Q(used__gte=0), name="allowance_not_negative"),
            models.CheckConstraint(condition=Q(used__lte=F("cap")), name="allowance_never_exceeded"),
        ]

    def __str__(self) -> str:
        return f"{self.student} {self.used}/{self.cap}"
