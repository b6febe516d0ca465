"""Courses into which points are converted, what points earn there, and when they are offered."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from conversion.querysets import OfferingQuerySet
from credits.evaluation.bands import Band
from credits.models import Category, Scheme
from portal.models import Term
from portal.points import PLACES, PointsField


class Course(models.Model):
    """One course (课程) whose credit recognised points can be converted into."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="courses", verbose_name=_("认定办法"))
    code = models.CharField(_("课程编号"), max_length=16)
    name = models.CharField(_("课程名称"), max_length=64)
    credits = models.DecimalField(_("学分"), max_digits=5, decimal_places=2, validators=[MinValueValidator(PLACES)])
    categories = models.ManyToManyField(Category, related_name="courses", verbose_name=_("可选择申请类型"))
    is_active = models.BooleanField(_("启用"), default=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("课程")
        verbose_name_plural = _("课程")
        ordering = ("code",)
        constraints: ClassVar = [models.UniqueConstraint(fields=["scheme", "code"], name="course_code_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def rule_bands(self) -> tuple[Band, ...]:
        """Return the bands as the pure rules want them, from the lowest (reads ``self.bands.all()``)."""
        return tuple(row.as_band() for row in self.bands.all())


class GradeBand(models.Model):
    """One interval of converted points and the grade (成绩) that it earns in a course."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="bands", verbose_name=_("课程"))
    lower = PointsField(_("下限"))
    lower_closed = models.BooleanField(_("含下限"), default=True)
    upper = PointsField(_("上限"), null=True, blank=True)
    upper_closed = models.BooleanField(_("含上限"), default=False)
    grade = models.CharField(_("成绩"), max_length=16)

    class Meta:
        verbose_name = _("成绩档")
        verbose_name_plural = _("成绩档")
        ordering = ("course", "lower", "upper")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(upper__isnull=True) | Q(upper__gte=F("lower")), name="band_edges_in_order"
            ),
        ]

    def __str__(self) -> str:
        return str(self.as_band())

    def as_band(self) -> Band:
        """Return the interval as the pure rules want it."""
        return Band(
            lower=self.lower,
            lower_closed=self.lower_closed,
            upper=self.upper,
            upper_closed=self.upper_closed,
            grade=self.grade,
        )


class Offering(models.Model):
    """One term in which a course takes conversions: from when to when, and for which cohorts."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="offerings", verbose_name=_("课程"))
    term = models.ForeignKey(Term, models.PROTECT, related_name="offerings", verbose_name=_("学年学期"))
    opens_at = models.DateTimeField(_("开放时间"))
    closes_at = models.DateTimeField(_("截止时间"))
    cohorts = models.JSONField(_("开放年级"), default=list, blank=True)

    objects = OfferingQuerySet.as_manager()

    class Meta:
        verbose_name = _("开课")
        verbose_name_plural = _("开课")
        ordering = ("-term__code", "course__code")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["course", "term"], name="offering_once"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="offering_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.term} {self.course}"
