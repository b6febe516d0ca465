"""Regulations as data: schemes, their immutable versions, their categories, and whom they cover."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from credits.enums import Channel
from credits.schemes.cache import scheme_data
from portal.models import College, Person

if TYPE_CHECKING:
    from credits.evaluation import SchemeData
    from portal.models import Student


class SchemeQuerySet(models.QuerySet["Scheme"]):
    """Named questions about schemes."""

    def covering(self, student: Student) -> SchemeQuerySet:
        """Return the schemes that cover the student's college and cohort."""
        return self.filter(pk__in=Coverage.objects.of(student).values("scheme_id"))


class Scheme(models.Model):
    """One regulation (认定办法) under which a university recognises achievements."""

    code = models.SlugField(_("代码"), max_length=32, unique=True)
    name = models.CharField(_("名称"), max_length=64)
    institution = models.CharField(_("学校"), max_length=64)

    objects = SchemeQuerySet.as_manager()

    class Meta:
        verbose_name = _("认定办法")
        verbose_name_plural = _("认定办法")
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class SchemeVersionQuerySet(models.QuerySet["SchemeVersion"]):
    """Named questions about versions."""

    def in_force(self, day: datetime.date, cohort: int | None = None) -> SchemeVersionQuerySet:
        """Return the published versions that hold on a day for a cohort, the newest first."""
        found = self.filter(effective_from__lte=day)
        if cohort is not None:
            found = found.filter(
                Q(cohort_from__isnull=True) | Q(cohort_from__lte=cohort),
                Q(cohort_to__isnull=True) | Q(cohort_to__gte=cohort),
            )
        return found.order_by("-effective_from", "-pk")


class SchemeVersion(models.Model):
    """One published text of a scheme: the pack as it was loaded. Never changed; a new text is a new version."""

    append_only = True

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="versions", verbose_name=_("认定办法"))
    label = models.CharField(_("版本"), max_length=32)
    effective_from = models.DateField(_("生效日期"))
    cohort_from = models.PositiveSmallIntegerField(_("适用年级起"), null=True, blank=True)
    cohort_to = models.PositiveSmallIntegerField(_("适用年级止"), null=True, blank=True)
    source = models.TextField(_("原文"))
    sha256 = models.CharField(_("摘要"), max_length=64)
    loaded_at = models.DateTimeField(_("载入时间"), auto_now_add=True)
    loaded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name=_("载入人"))

    objects = SchemeVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("办法版本")
        verbose_name_plural = _("办法版本")
        ordering = ("scheme", "-effective_from", "-pk")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scheme", "label"], name="scheme_version_label_once"),
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.label}"

    @property
    def data(self) -> SchemeData:
        """Return the parsed pack; parsed once per process, because a version never changes."""
        return scheme_data(self.sha256, self.source)


class CoverageQuerySet(models.QuerySet["Coverage"]):
    """Named questions about whom a scheme covers."""

    def of(self, student: Student) -> CoverageQuerySet:
        """Return what covers the student's college and cohort."""
        return self.reaching(student.college_id, student.cohort)

    def reaching(self, college: int, cohort: int) -> CoverageQuerySet:
        """Return what covers the cohort of the college."""
        return self.filter(
            Q(cohort_from__isnull=True) | Q(cohort_from__lte=cohort),
            Q(cohort_to__isnull=True) | Q(cohort_to__gte=cohort),
            college_id=college,
        )


class Coverage(models.Model):
    """One college whose students, of these cohorts, a scheme covers."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="coverage", verbose_name=_("认定办法"))
    college = models.ForeignKey(College, models.PROTECT, related_name="+", verbose_name=_("学院"))
    cohort_from = models.PositiveSmallIntegerField(_("年级起"), null=True, blank=True)
    cohort_to = models.PositiveSmallIntegerField(_("年级止"), null=True, blank=True)

    objects = CoverageQuerySet.as_manager()

    class Meta:
        verbose_name = _("适用范围")
        verbose_name_plural = _("适用范围")
        ordering = ("scheme", "college")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scheme", "college"], name="coverage_once"),
            models.CheckConstraint(
                condition=Q(cohort_from__isnull=True) | Q(cohort_to__isnull=True) | Q(cohort_to__gte=F("cohort_from")),
                name="coverage_cohorts_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.college}"


class Category(models.Model):
    """One category (申请类别) of a scheme; its rules stand in the version, its identity lasts over versions."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="categories", verbose_name=_("认定办法"))
    code = models.SlugField(_("代码"), max_length=32)
    name = models.CharField(_("名称"), max_length=32)
    channel = models.CharField(_("申报渠道"), max_length=8, choices=Channel)
    recorder = models.CharField(_("录入部门"), max_length=64, blank=True)
    position = models.PositiveSmallIntegerField(_("次序"), default=0)

    class Meta:
        verbose_name = _("申请类别")
        verbose_name_plural = _("申请类别")
        ordering = ("scheme", "position")
        constraints: ClassVar = [models.UniqueConstraint(fields=["scheme", "code"], name="category_code_once")]

    def __str__(self) -> str:
        return self.name
