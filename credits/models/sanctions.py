"""Findings of fraud (弄虚作假) and what follows from them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from credits.enums import AppealState
from credits.models.claims import Claim
from credits.models.schemes import Scheme
from credits.querysets import SanctionQuerySet
from portal.models import Person, Student


class Sanction(models.Model):
    """One finding against one student's claim: the item is cancelled, later rounds may be barred for a term."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="sanctions", verbose_name=_("认定办法"))
    student = models.ForeignKey(Student, models.PROTECT, related_name="sanctions", verbose_name=_("学生"))
    claim = models.OneToOneField(Claim, models.PROTECT, related_name="sanction", verbose_name=_("申报"))
    finding = models.TextField(_("查实情况"))
    measure = models.CharField(_("处理决定"), max_length=200)
    barred_from = models.DateField(_("限制申报起"), null=True, blank=True)
    barred_until = models.DateField(_("限制申报止"), null=True, blank=True)
    decided_at = models.DateTimeField(_("决定时间"))
    decided_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("决定人"))
    appeal_until = models.DateTimeField(_("申诉截止"))
    appeal_state = models.CharField(_("申诉"), max_length=12, choices=AppealState, default=AppealState.NONE)
    appeal = models.TextField(_("申诉理由"), blank=True)
    appealed_at = models.DateTimeField(_("申诉时间"), null=True, blank=True)
    answer = models.TextField(_("申诉答复"), blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    answered_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("答复人")
    )

    objects = SanctionQuerySet.as_manager()

    class Meta:
        verbose_name = _("违规处理")
        verbose_name_plural = _("违规处理")
        ordering = ("-pk",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(barred_until__isnull=True)
                | Q(barred_from__isnull=False, barred_until__gte=F("barred_from")),
                name="sanction_bar_in_order",
            ),
            models.CheckConstraint(
                condition=Q(appeal_state=AppealState.NONE) | Q(appealed_at__isnull=False),
                name="sanction_appeal_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student} {self.measure}"
