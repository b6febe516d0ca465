"""The committee in session (评审委员会会议): agenda, who is present, recusals, votes, decisions, minutes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from credits.models import Claim, Round, Scheme
from portal.models import Person
from portal.points import PointsField
from review.querysets import AgendaItemQuerySet, MeetingQuerySet


class MeetingState(models.TextChoices):
    """Where a meeting stands."""

    PLANNED = "planned", _("筹备中")
    OPEN = "open", _("进行中")
    CLOSED = "closed", _("已结束")


class ItemOutcome(models.TextChoices):
    """What the committee decided on one item."""

    PENDING = "pending", _("待审议")
    CONFIRMED = "confirmed", _("确认")
    REFUSED = "refused", _("不予认定")
    RETURNED = "returned", _("退回修改")
    DEFERRED = "deferred", _("暂缓")


class Ballot(models.TextChoices):
    """One member's vote."""

    FOR = "for", _("同意")
    AGAINST = "against", _("不同意")
    ABSTAIN = "abstain", _("弃权")


class Meeting(models.Model):
    """One session of the committee, kept by its office; its minutes are frozen when it is closed."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="meetings", verbose_name=_("认定办法"))
    round = models.ForeignKey(
        Round, models.PROTECT, null=True, blank=True, related_name="meetings", verbose_name=_("活动")
    )
    title = models.CharField(_("会议名称"), max_length=100)
    held_at = models.DateTimeField(_("会议时间"))
    place = models.CharField(_("地点"), max_length=100, blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=MeetingState, default=MeetingState.PLANNED)
    note = models.TextField(_("纪要说明"), blank=True)
    created_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("建立人"))
    created_at = models.DateTimeField(_("建立时间"), auto_now_add=True)
    closed_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    minutes = models.JSONField(_("会议纪要"), default=dict, blank=True)
    sha256 = models.CharField(_("纪要摘要"), max_length=64, blank=True)
    revision = models.PositiveIntegerField(_("修订号"), default=0)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("委员会会议")
        verbose_name_plural = _("委员会会议")
        ordering = ("-held_at", "-pk")

    def __str__(self) -> str:
        return self.title


class Attendance(models.Model):
    """One member of the committee called to one meeting, and whether the member was present."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendances", verbose_name=_("会议"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("委员"))
    chairs = models.BooleanField(_("主持"), default=False)
    present = models.BooleanField(_("出席"), default=False)

    class Meta:
        verbose_name = _("出席")
        verbose_name_plural = _("出席")
        ordering = ("meeting", "-chairs", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["meeting", "person"], name="attendance_once"),
            models.UniqueConstraint(fields=["meeting"], condition=Q(chairs=True), name="attendance_one_chair"),
        ]

    def __str__(self) -> str:
        return f"{self.meeting} {self.person}"


class AgendaItem(models.Model):
    """One claim on the agenda with what was decided and why."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="items", verbose_name=_("会议"))
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="agenda_items", verbose_name=_("申报"))
    position = models.PositiveSmallIntegerField(_("次序"))
    outcome = models.CharField(_("结果"), max_length=12, choices=ItemOutcome, default=ItemOutcome.PENDING)
    score = PointsField(_("认定分值"), null=True, blank=True)
    beyond = models.BooleanField(_("超出范围"), default=False)
    reason = models.TextField(_("理由"), blank=True)
    decided_at = models.DateTimeField(_("决定时间"), null=True, blank=True)

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("议题")
        verbose_name_plural = _("议题")
        ordering = ("meeting", "position")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["meeting", "claim"], name="agenda_claim_once"),
            models.UniqueConstraint(
                fields=["claim"], condition=Q(outcome=ItemOutcome.PENDING), name="agenda_claim_pending_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.claim}"


class Vote(models.Model):
    """One present member's vote on one item, or the recusal with its reason: who is recused does not count."""

    item = models.ForeignKey(AgendaItem, models.CASCADE, related_name="votes", verbose_name=_("议题"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("委员"))
    ballot = models.CharField(_("表决"), max_length=8, choices=Ballot, blank=True)
    recused = models.BooleanField(_("回避"), default=False)
    reason = models.CharField(_("回避原因"), max_length=200, blank=True)
    cast_at = models.DateTimeField(_("时间"))
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("登记人"))

    class Meta:
        verbose_name = _("表决")
        verbose_name_plural = _("表决")
        ordering = ("item", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "person"], name="vote_once"),
            models.CheckConstraint(
                condition=(Q(recused=True, ballot="") & ~Q(reason="")) | (Q(recused=False) & ~Q(ballot="")),
                name="vote_or_recusal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.person}"
