"""The points ledger: lots and their append-only entries.

A recognised claim is a lot of points. The lot's three columns are kept in the entry's transaction, under the lot's
lock, and guarded by CHECK constraints, so that no race can spend points twice even if the code errs.
"""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from credits.enums import EntryKind
from credits.models.claims import Claim
from credits.models.schemes import Category, Scheme
from credits.querysets import LotQuerySet
from portal.models import Person, Student
from portal.points import ZERO, PointsField


class Lot(models.Model):
    """The points of one recognised claim and what has become of them."""

    claim = models.OneToOneField(Claim, models.PROTECT, related_name="lot", verbose_name=_("申报"))
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="+", verbose_name=_("认定办法"))
    student = models.ForeignKey(Student, models.PROTECT, related_name="lots", verbose_name=_("学生"))
    category = models.ForeignKey(Category, models.PROTECT, related_name="+", verbose_name=_("申请类别"))
    recognised = PointsField(_("认定"), default=ZERO)
    held = PointsField(_("占用"), default=ZERO)
    consumed = PointsField(_("已转换"), default=ZERO)
    # A finding of fraud: nothing more may be used, and what a conversion gives back is revoked at once.
    cancelled = models.BooleanField(_("已取消"), default=False)

    objects = LotQuerySet.as_manager()

    class Meta:
        verbose_name = _("积分来源")
        verbose_name_plural = _("积分来源")
        ordering = ("pk",)
        indexes: ClassVar = [models.Index(fields=["student", "scheme"], name="lot_student")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(recognised__gte=0), name="lot_recognised_not_negative"),
            models.CheckConstraint(condition=Q(held__gte=0), name="lot_held_not_negative"),
            models.CheckConstraint(condition=Q(consumed__gte=0), name="lot_consumed_not_negative"),
            models.CheckConstraint(condition=Q(recognised__gte=F("held") + F("consumed")), name="lot_never_overspent"),
        ]

    def __str__(self) -> str:
        return f"{self.claim} {self.recognised}"

    @property
    def usable(self) -> Decimal:
        """Return what may still be converted."""
        return ZERO if self.cancelled else self.recognised - self.held - self.consumed


class LedgerEntry(models.Model):
    """One booking on one lot; never changed, undone only by a later entry."""

    append_only = True

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="entries", verbose_name=_("积分来源"))
    kind = models.CharField(_("类型"), max_length=8, choices=EntryKind)
    points = PointsField(_("积分"))
    at = models.DateTimeField(_("时间"), auto_now_add=True)
    actor = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name=_("操作人"))
    key = models.CharField(_("幂等键"), max_length=80, unique=True)
    reference = models.CharField(_("关联"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("积分流水")
        verbose_name_plural = _("积分流水")
        ordering = ("pk",)
        constraints: ClassVar = [models.CheckConstraint(condition=Q(points__gt=0), name="ledger_entry_positive")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.points}"
