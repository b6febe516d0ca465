"""Workbooks in which a reviewer decided: kept as they came, with what came of every row (X11)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.models import Person, StoredFile
from review.querysets import DecisionSheetQuerySet


class SheetState(models.TextChoices):
    """Where a workbook of decisions stands."""

    PREVIEWED = "previewed", _("待确认")
    APPLIED = "applied", _("已执行")
    DISCARDED = "discarded", _("已放弃")


class DecisionSheet(models.Model):
    """One uploaded workbook of decisions on claims; ``lines`` holds each row that asks for something or is refused."""

    workbook = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("工作簿"))
    state = models.CharField(_("状态"), max_length=12, choices=SheetState, default=SheetState.PREVIEWED)
    rows = models.PositiveIntegerField(_("行数"), default=0)
    same = models.PositiveIntegerField(_("未填写"), default=0)
    decided = models.PositiveIntegerField(_("可执行"), default=0)
    refused = models.PositiveIntegerField(_("被拒绝"), default=0)
    lines = models.JSONField(_("核对结果"), default=list, blank=True)
    created_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("导入人"))
    created_at = models.DateTimeField(_("建立时间"), auto_now_add=True)
    applied_at = models.DateTimeField(_("执行时间"), null=True, blank=True)

    objects = DecisionSheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("审核工作簿")
        verbose_name_plural = _("审核工作簿")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.created_by} {self.created_at:%Y-%m-%d %H:%M}"
