"""Batches of decisions (批量处理): what one person decided in one action, row by row, to be read and undone."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from credits.models import Claim
from portal.models import Job, Person
from portal.points import PointsField
from review.querysets import DecisionBatchQuerySet


class RowState(models.TextChoices):
    """What became of one row of a batch."""

    WAITING = "waiting", _("未处理")
    DONE = "done", _("已处理")
    SKIPPED = "skipped", _("已跳过")
    REFUSED = "refused", _("未能处理")


# The verb of a batch in which each row has one of its own.
EACH = "each"


class DecisionBatch(models.Model):
    """One action on many claims (批量处理): who decided what, with which words; its rows say what came of each."""

    number = models.UUIDField(_("编号"), default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("处理人"))
    verb = models.CharField(_("动作"), max_length=12)
    reason = models.TextField(_("意见"), blank=True)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("任务"))
    created_at = models.DateTimeField(_("建立时间"), auto_now_add=True)
    undone_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)

    objects = DecisionBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("批量处理")
        verbose_name_plural = _("批量处理")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.person} {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def is_running(self) -> bool:
        """Whether a job still works on it."""
        return self.job is not None and self.job.is_active


class DecisionRow(models.Model):
    """One claim in a batch: the revision that the person saw, and what became of it.

    ``verb`` and ``reason`` are the row's own, where the batch has not one for all.
    """

    batch = models.ForeignKey(DecisionBatch, models.CASCADE, related_name="rows", verbose_name=_("批量处理"))
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="+", verbose_name=_("申报"))
    position = models.PositiveIntegerField(_("序号"))
    revision = models.PositiveIntegerField(_("修订号"))
    state = models.CharField(_("结果"), max_length=8, choices=RowState, default=RowState.WAITING)
    why = models.CharField(_("原因"), max_length=300, blank=True)
    verb = models.CharField(_("动作"), max_length=12, blank=True)
    reason = models.TextField(_("意见"), blank=True)
    points = PointsField(_("认定积分"), null=True, blank=True)
    before = models.JSONField(_("处理前"), default=dict, blank=True)

    class Meta:
        verbose_name = _("批量处理的申报")
        verbose_name_plural = _("批量处理的申报")
        ordering = ("batch", "position")
        constraints: ClassVar = [models.UniqueConstraint(fields=["batch", "claim"], name="decision_row_once")]

    def __str__(self) -> str:
        return f"{self.batch} {self.position}"

    @property
    def decision(self) -> str:
        """The verb that was carried out on the claim; its batch must be at hand."""
        return self.verb or self.batch.verb
