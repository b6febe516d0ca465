"""Team achievements (团队成果): filed once by the lead, confirmed by the mates, counted once for each."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from credits.enums import MemberState
from credits.models.claims import Claim
from credits.querysets import MemberQuerySet
from portal.models import Person, Student
from portal.points import PointsField


class Achievement(models.Model):
    """One team's result. Its lead's claim is the one that is reviewed; the mates' claims follow it move by move."""

    lead = models.OneToOneField(Claim, models.PROTECT, related_name="achievement", verbose_name=_("牵头申报"))
    method = models.CharField(_("计分方式"), max_length=32, blank=True)
    method_reason = models.TextField(_("计分方式说明"), blank=True)
    method_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("确定人")
    )
    method_role = models.CharField(_("确定人身份"), max_length=16, blank=True)
    method_at = models.DateTimeField(_("确定时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("团队成果")
        verbose_name_plural = _("团队成果")
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.lead.content


class Member(models.Model):
    """One member of a team with the rank on the certificate; outsiders count in N and get nothing here."""

    achievement = models.ForeignKey(Achievement, models.CASCADE, related_name="members", verbose_name=_("团队成果"))
    student = models.ForeignKey(
        Student, models.PROTECT, null=True, blank=True, related_name="memberships", verbose_name=_("学生")
    )
    name = models.CharField(_("姓名"), max_length=64)
    rank = models.PositiveSmallIntegerField(_("排位"))
    ratio = PointsField(_("比例（%）"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=MemberState, default=MemberState.WAITING)
    answer = models.CharField(_("说明"), max_length=300, blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    claim = models.OneToOneField(
        Claim, models.PROTECT, null=True, blank=True, related_name="membership", verbose_name=_("申报")
    )

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("团队成员")
        verbose_name_plural = _("团队成员")
        ordering = ("achievement", "rank")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["achievement", "rank"], name="member_rank_once"),
            models.UniqueConstraint(
                fields=["achievement", "student"], condition=Q(student__isnull=False), name="member_student_once"
            ),
            models.CheckConstraint(condition=Q(rank__gte=1), name="member_rank_from_one"),
            models.CheckConstraint(
                condition=Q(ratio__isnull=True) | Q(ratio__gte=0, ratio__lte=100), name="member_ratio_is_a_share"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rank} {self.name}"
