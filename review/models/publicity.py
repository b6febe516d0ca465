"""Publicity (公示): lists that mask, begin and end by themselves, take objections, end in a formal notice."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from conversion.models import Application
from credits.models import Claim, Round, Scheme
from portal.models import Person, StoredFile
from portal.points import PointsField
from review.querysets import ObjectionQuerySet, PublicityQuerySet


class ListKind(models.TextChoices):
    """What a list shows."""

    CLAIMS = "claims", _("认定结果")
    OFFSETS = "offsets", _("冲抵结果")


class ListState(models.TextChoices):
    """Where a list stands; whether it is shown today follows from its period."""

    DRAFT = "draft", _("拟定中")
    PUBLISHED = "published", _("已发布")
    NOTICED = "noticed", _("已发文")
    WITHDRAWN = "withdrawn", _("已撤下")


class PublicityList(models.Model):
    """One list of results shown for objection; frozen when it is published, with the hash printed on it."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="publicity_lists", verbose_name=_("认定办法"))
    round = models.ForeignKey(
        Round, models.PROTECT, null=True, blank=True, related_name="publicity_lists", verbose_name=_("活动")
    )
    kind = models.CharField(_("内容"), max_length=8, choices=ListKind, default=ListKind.CLAIMS)
    title = models.CharField(_("标题"), max_length=100)
    state = models.CharField(_("状态"), max_length=12, choices=ListState, default=ListState.DRAFT)
    code = models.CharField(_("访问码"), max_length=32, unique=True)
    opens_at = models.DateTimeField(_("公示开始"), null=True, blank=True)
    closes_at = models.DateTimeField(_("公示结束"), null=True, blank=True)
    days = models.PositiveSmallIntegerField(_("天数"), default=7)
    counting = models.CharField(_("计日"), max_length=8, default="calendar")
    snapshot = models.JSONField(_("公示内容"), default=dict, blank=True)
    sha256 = models.CharField(_("内容摘要"), max_length=64, blank=True)
    created_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("建立人"))
    created_at = models.DateTimeField(_("建立时间"), auto_now_add=True)
    revision = models.PositiveIntegerField(_("修订号"), default=0)

    objects = PublicityQuerySet.as_manager()

    class Meta:
        verbose_name = _("公示")
        verbose_name_plural = _("公示")
        ordering = ("-pk",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state__in=[ListState.PUBLISHED, ListState.NOTICED])
                | (Q(opens_at__isnull=False, closes_at__gt=F("opens_at")) & ~Q(sha256="")),
                name="publicity_published_has_period",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class EntryState(models.TextChoices):
    """What has become of one line of a list."""

    LISTED = "listed", _("公示中")
    HELD = "held", _("异议处理中")
    REMOVED = "removed", _("不予认定")
    CORRECTED = "corrected", _("已更正")
    CARRIED = "carried", _("转入下次公示")
    EFFECTIVE = "effective", _("已生效")


class PublicityEntry(models.Model):
    """One line of a list: what everybody may read, and the claim or offset behind it."""

    list = models.ForeignKey(PublicityList, models.PROTECT, related_name="entries", verbose_name=_("公示"))
    claim = models.ForeignKey(
        Claim, models.PROTECT, null=True, blank=True, related_name="publicity_entries", verbose_name=_("申报")
    )
    application = models.ForeignKey(
        Application, models.PROTECT, null=True, blank=True, related_name="publicity_entries", verbose_name=_("冲抵申请")
    )
    position = models.PositiveIntegerField(_("序号"))
    name = models.CharField(_("姓名"), max_length=64)
    number = models.CharField(_("学号"), max_length=32)  # masked
    college = models.CharField(_("学院"), max_length=64)
    cohort = models.PositiveSmallIntegerField(_("年级"))
    item = models.CharField(_("项目"), max_length=300)
    score = PointsField(_("分值"))
    state = models.CharField(_("状态"), max_length=12, choices=EntryState, default=EntryState.LISTED)

    class Meta:
        verbose_name = _("公示条目")
        verbose_name_plural = _("公示条目")
        ordering = ("list", "position")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["list", "position"], name="publicity_position_once"),
            models.UniqueConstraint(
                fields=["list", "claim"], condition=Q(claim__isnull=False), name="publicity_claim_once"
            ),
            models.UniqueConstraint(
                fields=["list", "application"],
                condition=Q(application__isnull=False),
                name="publicity_application_once",
            ),
            models.UniqueConstraint(
                fields=["claim"],
                condition=Q(state__in=[EntryState.LISTED, EntryState.HELD]),
                name="publicity_claim_live_once",
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(state__in=[EntryState.LISTED, EntryState.HELD]),
                name="publicity_application_live_once",
            ),
            models.CheckConstraint(
                condition=Q(claim__isnull=False, application__isnull=True)
                | Q(claim__isnull=True, application__isnull=False),
                name="publicity_entry_has_one_subject",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.list} {self.position}"


class ObjectionState(models.TextChoices):
    """Where an objection stands."""

    OPEN = "open", _("待处理")
    UPHELD = "upheld", _("异议成立")
    REJECTED = "rejected", _("异议不成立")
    WITHDRAWN = "withdrawn", _("已撤回")


class Objection(models.Model):
    """One person's objection (异议) to one line, and how the office decided it; only that item waits."""

    entry = models.ForeignKey(PublicityEntry, models.PROTECT, related_name="objections", verbose_name=_("公示条目"))
    number = models.CharField(_("受理编号"), max_length=24, unique=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="objections", verbose_name=_("异议人"))
    reason = models.TextField(_("理由"))
    state = models.CharField(_("状态"), max_length=12, choices=ObjectionState, default=ObjectionState.OPEN)
    created_at = models.DateTimeField(_("提出时间"), auto_now_add=True)
    answer = models.TextField(_("处理意见"), blank=True)
    handled_at = models.DateTimeField(_("处理时间"), null=True, blank=True)
    handled_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("处理人")
    )
    revision = models.PositiveIntegerField(_("修订号"), default=0)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("异议")
        verbose_name_plural = _("异议")
        ordering = ("-pk",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["entry", "person"], condition=Q(state=ObjectionState.OPEN), name="objection_open_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[ObjectionState.OPEN, ObjectionState.WITHDRAWN]) | ~Q(answer=""),
                name="objection_decided_has_answer",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ObjectionFile(models.Model):
    """One file that supports an objection; only the objector and the office read it."""

    objection = models.ForeignKey(Objection, models.CASCADE, related_name="files", verbose_name=_("异议"))
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("文件"))

    class Meta:
        verbose_name = _("异议材料")
        verbose_name_plural = _("异议材料")
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.file.name


class FormalNotice(models.Model):
    """The university's formal notice (发文) of a list: from here on the results are effective."""

    list = models.OneToOneField(PublicityList, models.PROTECT, related_name="notice", verbose_name=_("公示"))
    number = models.CharField(_("文号"), max_length=64)
    title = models.CharField(_("标题"), max_length=100)
    issued_on = models.DateField(_("发文日期"))
    issued_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("发文人"))
    issued_at = models.DateTimeField(_("登记时间"), auto_now_add=True)
    snapshot = models.JSONField(_("内容"), default=dict)
    sha256 = models.CharField(_("内容摘要"), max_length=64)
    effective_at = models.DateTimeField(_("生效时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("发文")
        verbose_name_plural = _("发文")
        ordering = ("-pk",)
        constraints: ClassVar = [models.UniqueConstraint(fields=["number"], name="formal_notice_number_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"
