"""Rounds: when a scheme takes claims, from whom, and until when each role works on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from credits.models.schemes import Category, Scheme
from credits.querysets import RoundQuerySet, schemes_of
from portal.enums import Role
from portal.models import Person, StoredFile
from portal.models.terms import academic_year_validator

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

ROUND_ROLES = [(role.value, role.label) for role in (Role.STUDENT, Role.SECRETARY, Role.OWNER_UNIT, Role.OFFICE)]


class Round(models.Model):
    """One call for claims (活动/批次), named as students see it in 活动名称."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="rounds", verbose_name=_("认定办法"))
    name = models.CharField(_("活动名称"), max_length=64)
    academic_year = models.CharField(_("学年"), max_length=9, validators=[academic_year_validator])
    categories = models.ManyToManyField(Category, related_name="rounds", verbose_name=_("开放类别"))
    notice = models.TextField(_("通知"), blank=True)
    is_published = models.BooleanField(_("已发布"), default=False)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("活动")
        verbose_name_plural = _("活动")
        ordering = ("-academic_year", "-pk")
        constraints: ClassVar = [models.UniqueConstraint(fields=["scheme", "name"], name="round_name_once")]

    def __str__(self) -> str:
        return self.name


class RoundWindow(models.Model):
    """From when to when one role may act in a round; a row with a cohort goes before the general one."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="windows", verbose_name=_("活动"))
    role = models.CharField(_("角色"), max_length=16, choices=ROUND_ROLES)
    cohort = models.PositiveSmallIntegerField(_("年级"), null=True, blank=True)
    opens_at = models.DateTimeField(_("开放时间"))
    closes_at = models.DateTimeField(_("截止时间"))

    class Meta:
        verbose_name = _("时间窗口")
        verbose_name_plural = _("时间窗口")
        ordering = ("round", "role", "cohort")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="round_window_in_order"),
            models.UniqueConstraint(fields=["round", "role", "cohort"], name="round_window_once"),
            models.UniqueConstraint(  # SQLite cannot treat two NULLs as equal
                fields=["round", "role"], condition=Q(cohort__isnull=True), name="round_window_general_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round} {self.get_role_display()}"


class RoundFileQuerySet(models.QuerySet["RoundFile"]):
    """Named questions about attachments of notices."""

    def kept_by(self, person: Person) -> RoundFileQuerySet:
        """Return those of the rounds that the person keeps."""
        return self.filter(schemes_of(person, [Role.OFFICE], "round__scheme__"))

    def visible_to(self, person: Person | AnonymousUser) -> RoundFileQuerySet:
        """Return those of published rounds, for everybody, and to an office those of its own."""
        published = Q(round__is_published=True)
        if not isinstance(person, Person):
            return self.filter(published)
        return self.filter(published | schemes_of(person, [Role.OFFICE], "round__scheme__"))


class RoundFile(models.Model):
    """One attachment of a round's notice (附件), for everybody to download once the round is published."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="files", verbose_name=_("活动"))
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("文件"))
    position = models.PositiveSmallIntegerField(_("次序"), default=0)

    objects = RoundFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("通知附件")
        verbose_name_plural = _("通知附件")
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.file.name
