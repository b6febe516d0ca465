"""Experts: which claims they score, blind to each other, and whom they may not judge."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from credits.models import Claim, Scheme
from portal.models import Person, Student
from portal.points import PointsField
from review.querysets import AssignmentQuerySet


class AssignmentState(models.TextChoices):
    """What has become of one expert's task."""

    WAITING = "waiting", _("待评分")
    SCORED = "scored", _("已评分")
    ABSTAINED = "abstained", _("已回避")
    WITHDRAWN = "withdrawn", _("已收回")


class Assignment(models.Model):
    """One claim given to one expert (专家评审): a score inside the range, or an abstention with its reason."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="assignments", verbose_name=_("申报"))
    expert = models.ForeignKey(Person, models.PROTECT, related_name="assignments", verbose_name=_("专家"))
    state = models.CharField(_("状态"), max_length=12, choices=AssignmentState, default=AssignmentState.WAITING)
    # A claim that was returned and handed in again is scored anew; what was said before stays with its turn.
    turn = models.PositiveSmallIntegerField(_("轮次"), default=1)
    score = PointsField(_("评分"), null=True, blank=True)
    method = models.CharField(_("建议计分方式"), max_length=32, blank=True)
    comment = models.TextField(_("评审意见"), blank=True)
    assigned_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("分配人"))
    assigned_at = models.DateTimeField(_("分配时间"))
    answered_at = models.DateTimeField(_("完成时间"), null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("专家评审")
        verbose_name_plural = _("专家评审")
        ordering = ("claim", "turn", "pk")
        indexes: ClassVar = [models.Index(fields=["expert", "state", "id"], name="assignment_expert")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["claim", "expert", "turn"], name="assignment_once"),
            models.CheckConstraint(
                condition=Q(state=AssignmentState.SCORED, score__isnull=False)
                | (~Q(state=AssignmentState.SCORED) & Q(score__isnull=True)),
                name="assignment_scored_has_score",
            ),
            models.CheckConstraint(
                condition=~Q(state=AssignmentState.ABSTAINED) | ~Q(comment=""), name="assignment_abstention_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim} {self.expert}"


class Conflict(models.Model):
    """One declared conflict of interest (利益关系): this expert or member never judges this student."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="+", verbose_name=_("认定办法"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="conflicts", verbose_name=_("评审人"))
    student = models.ForeignKey(Student, models.PROTECT, related_name="+", verbose_name=_("学生"))
    reason = models.CharField(_("说明"), max_length=200)
    declared_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("申报人"))
    declared_at = models.DateTimeField(_("申报时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("利益关系")
        verbose_name_plural = _("利益关系")
        ordering = ("-pk",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scheme", "person", "student"], name="conflict_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.student}"


class Delivery(models.Model):
    """One college's word that its first review (初审) of a round is done: what it delivered, and when (报送)."""

    round = models.ForeignKey("credits.Round", models.PROTECT, related_name="deliveries", verbose_name=_("活动"))
    college = models.ForeignKey("portal.College", models.PROTECT, related_name="+", verbose_name=_("学院"))
    delivered_at = models.DateTimeField(_("报送时间"))
    delivered_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("报送人"))
    passed = models.PositiveIntegerField(_("通过"), default=0)
    refused = models.PositiveIntegerField(_("未通过"), default=0)
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("学院报送")
        verbose_name_plural = _("学院报送")
        ordering = ("round", "college")
        constraints: ClassVar = [models.UniqueConstraint(fields=["round", "college"], name="delivery_once")]

    def __str__(self) -> str:
        return f"{self.round} {self.college}"
