"""Workbooks of recorded achievements, previewed, applied as a whole, and taken back as a whole."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from credits.models import Category, Claim, Scheme
from portal.models import Person, StoredFile
from review.querysets import ImportBatchQuerySet


class BatchState(models.TextChoices):
    """Where an import stands."""

    PREVIEWED = "previewed", _("待确认")
    APPLIED = "applied", _("已导入")
    ROLLED_BACK = "rolled_back", _("已撤回")
    DISCARDED = "discarded", _("已放弃")


class ImportBatch(models.Model):
    """One workbook of recorded achievements (B16): kept as it came, with what came of it."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="+", verbose_name=_("认定办法"))
    category = models.ForeignKey(Category, models.PROTECT, related_name="+", verbose_name=_("申请类别"))
    academic_year = models.CharField(_("学年"), max_length=9)
    workbook = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("工作簿"))
    state = models.CharField(_("状态"), max_length=12, choices=BatchState, default=BatchState.PREVIEWED)
    rows = models.PositiveIntegerField(_("行数"), default=0)
    problems = models.JSONField(_("问题"), default=list, blank=True)
    report = models.JSONField(_("核对结果"), default=dict, blank=True)
    published_on = models.DateField(_("公示结束日期"), null=True, blank=True)
    created_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("导入人"))
    created_at = models.DateTimeField(_("建立时间"), auto_now_add=True)
    applied_at = models.DateTimeField(_("导入时间"), null=True, blank=True)
    rolled_back_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("导入批次")
        verbose_name_plural = _("导入批次")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.category} {self.created_at:%Y-%m-%d %H:%M}"


class ImportedRecord(models.Model):
    """One row of an applied batch and the claim that it became."""

    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="records", verbose_name=_("导入批次"))
    claim = models.OneToOneField(Claim, models.PROTECT, related_name="imported", verbose_name=_("申报"))
    row_number = models.PositiveIntegerField(_("行号"))

    class Meta:
        verbose_name = _("导入记录")
        verbose_name_plural = _("导入记录")
        ordering = ("batch", "row_number")
        constraints: ClassVar = [models.UniqueConstraint(fields=["batch", "row_number"], name="imported_row_once")]

    def __str__(self) -> str:
        return f"{self.batch} {self.row_number}"
