"""A regulation in the making: drafts, their replay over past rounds, and committee rulings that become rules."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from credits.enums import DraftState
from credits.models.claims import Claim
from credits.models.rounds import Round
from credits.models.schemes import Category, Scheme, SchemeVersion
from credits.querysets import schemes_of
from portal.enums import Role
from portal.models import Person
from portal.points import PointsField

READERS = [Role.OFFICE, Role.AUDITOR]


class SchemeDraftQuerySet(models.QuerySet["SchemeDraft"]):
    """Named questions about drafts."""

    def kept_by(self, person: Person) -> SchemeDraftQuerySet:
        """Return those of the schemes for which the person is the office."""
        return self.filter(schemes_of(person, [Role.OFFICE]))

    def visible_to(self, person: Person) -> SchemeDraftQuerySet:
        """Return what the person may read: the office's own, and what auditors of the scheme read."""
        return self.filter(schemes_of(person, READERS))


class SchemeDraft(models.Model):
    """One text that the office is working on; it becomes a version when it is published, and is never changed then."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="drafts", verbose_name=_("认定办法"))
    label = models.CharField(_("版本"), max_length=32)
    source = models.TextField(_("原文"))
    note = models.CharField(_("说明"), max_length=200, blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=DraftState, default=DraftState.OPEN)
    revision = models.PositiveIntegerField(_("修订号"), default=0)
    created_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("建立人"))
    created_at = models.DateTimeField(_("建立时间"), auto_now_add=True)
    changed_at = models.DateTimeField(_("修改时间"), auto_now=True)
    version = models.OneToOneField(
        SchemeVersion, models.PROTECT, null=True, blank=True, related_name="draft", verbose_name=_("发布为")
    )

    objects = SchemeDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("办法草案")
        verbose_name_plural = _("办法草案")
        ordering = ("-pk",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state=DraftState.PUBLISHED, version__isnull=False)
                | (~Q(state=DraftState.PUBLISHED) & Q(version__isnull=True)),
                name="scheme_draft_published_has_version",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.label}"

    @property
    def is_open(self) -> bool:
        """Whether it may still be changed."""
        return self.state == DraftState.OPEN


class ReplayQuerySet(models.QuerySet["Replay"]):
    """Named questions about replays."""

    def visible_to(self, person: Person) -> ReplayQuerySet:
        """Return those of the drafts that the person may read."""
        return self.filter(schemes_of(person, READERS, "draft__scheme__"))


class Replay(models.Model):
    """One run of a draft over the claims of past rounds (影响测算): who would change, and by how much."""

    draft = models.ForeignKey(SchemeDraft, models.PROTECT, related_name="replays", verbose_name=_("办法草案"))
    draft_revision = models.PositiveIntegerField(_("草案修订号"))
    rounds = models.ManyToManyField(Round, related_name="+", verbose_name=_("活动"))
    created_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("发起人"))
    created_at = models.DateTimeField(_("发起时间"), auto_now_add=True)
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    claims = models.PositiveIntegerField(_("申报数"), default=0)
    summary = models.JSONField(_("汇总"), default=dict, blank=True)

    objects = ReplayQuerySet.as_manager()

    class Meta:
        verbose_name = _("影响测算")
        verbose_name_plural = _("影响测算")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.draft} {self.created_at:%Y-%m-%d %H:%M}"


class ReplayRow(models.Model):
    """One claim under the present rules and under the draft; a problem says why the draft gives no figure."""

    replay = models.ForeignKey(Replay, models.CASCADE, related_name="rows", verbose_name=_("影响测算"))
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="+", verbose_name=_("申报"))
    before_low = PointsField(_("现行下限"), null=True, blank=True)
    before_high = PointsField(_("现行上限"), null=True, blank=True)
    after_low = PointsField(_("草案下限"), null=True, blank=True)
    after_high = PointsField(_("草案上限"), null=True, blank=True)
    difference = PointsField(_("变化"), default=0)
    problem = models.CharField(_("问题"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("测算结果")
        verbose_name_plural = _("测算结果")
        ordering = ("replay", "pk")
        constraints: ClassVar = [models.UniqueConstraint(fields=["replay", "claim"], name="replay_row_once")]

    def __str__(self) -> str:
        return f"{self.claim} {self.difference}"


class RulingQuerySet(models.QuerySet["Ruling"]):
    """Named questions about rulings."""

    def kept_by(self, person: Person) -> RulingQuerySet:
        """Return those that the person may put into a draft: the office's."""
        return self.filter(schemes_of(person, [Role.OFFICE]))

    def visible_to(self, person: Person) -> RulingQuerySet:
        """Return those of the schemes that the person's office, committee or audit covers."""
        return self.filter(schemes_of(person, [*READERS, Role.COMMITTEE]))


class Ruling(models.Model):
    """One committee decision on an achievement off the table (表外项目), which may become a row of a later version."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="rulings", verbose_name=_("认定办法"))
    claim = models.OneToOneField(Claim, models.PROTECT, related_name="ruling", verbose_name=_("申报"))
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("归入类别")
    )
    title = models.CharField(_("项目"), max_length=200)
    low = PointsField(_("最低分值"))
    high = PointsField(_("最高分值"))
    reason = models.TextField(_("理由"))
    decided_at = models.DateTimeField(_("决定时间"))
    decided_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("决定人"))
    draft = models.ForeignKey(
        SchemeDraft, models.PROTECT, null=True, blank=True, related_name="rulings", verbose_name=_("纳入草案")
    )

    objects = RulingQuerySet.as_manager()

    class Meta:
        verbose_name = _("委员会认定")
        verbose_name_plural = _("委员会认定")
        ordering = ("-pk",)
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(low__gt=0, high__gte=F("low")), name="ruling_range_in_order"),
        ]

    def __str__(self) -> str:
        return self.title
