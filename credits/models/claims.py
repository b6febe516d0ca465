"""Claims: what a student files or an office records, its evidence, its submissions and its trail."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from credits.enums import Channel
from credits.models.rounds import Round
from credits.models.schemes import Category, Scheme, SchemeVersion
from credits.moves import CLAIM_MOVES
from credits.querysets import ClaimQuerySet, EvidenceQuerySet
from portal.enums import Status
from portal.models import EventBase, Person, StoredFile, Student
from portal.models.terms import academic_year_validator
from portal.points import ZERO, PointsField
from portal.standing_types import Power
from portal.workflow import MoveTable, Reviewable


class ClaimEvent(EventBase):
    """One verb on one claim: a row of its 审核记录."""

    subject = models.ForeignKey("credits.Claim", models.PROTECT, related_name="events", verbose_name=_("申报"))

    class Meta(EventBase.Meta):
        verbose_name = _("申报事件")
        verbose_name_plural = _("申报事件")
        indexes: ClassVar = [
            *EventBase.Meta.indexes,
            models.Index(fields=["subject", "id"], name="claim_event_subject"),
            # What somebody said last when returning or refusing: offered again on the review page.
            models.Index(fields=["actor", "-id"], condition=Q(verb__in=["return", "refuse"]), name="claim_event_words"),
        ]


class Claim(Reviewable):
    """One achievement of one student that is to be recognised: filed by the student or recorded by an office."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="claims", verbose_name=_("认定办法"))
    scheme_version = models.ForeignKey(SchemeVersion, models.PROTECT, related_name="claims", verbose_name=_("办法版本"))
    category = models.ForeignKey(Category, models.PROTECT, related_name="claims", verbose_name=_("申请类别"))
    channel = models.CharField(_("申报渠道"), max_length=8, choices=Channel, default=Channel.STUDENT)
    round = models.ForeignKey(
        Round, models.PROTECT, null=True, blank=True, related_name="claims", verbose_name=_("活动名称")
    )
    academic_year = models.CharField(_("学年"), max_length=9, validators=[academic_year_validator])
    student = models.ForeignKey(Student, models.PROTECT, related_name="claims", verbose_name=_("学生"))
    cohort = models.PositiveSmallIntegerField(_("年级"))
    content = models.CharField(_("具体内容"), max_length=300, blank=True)
    facts = models.JSONField(_("事实"), default=dict, blank=True)
    claimed_points = PointsField(_("申请积分"), null=True, blank=True)
    points_reason = models.CharField(_("积分说明"), max_length=300, blank=True)
    suggested_points = PointsField(_("建议积分"), null=True, blank=True)
    trace = models.JSONField(_("计算过程"), default=dict, blank=True)
    recognised_points = PointsField(_("认定积分"), null=True, blank=True)
    recognised_reason = models.TextField(_("认定说明"), blank=True)
    receipt_number = models.CharField(_("受理编号"), max_length=24, blank=True)
    achieved_on = models.DateField(_("取得日期"), null=True, blank=True)
    library_entry = models.ForeignKey(
        "credits.LibraryEntry",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="claims",
        verbose_name=_("成果库条目"),
    )
    project = models.ForeignKey(
        "credits.Project", models.PROTECT, null=True, blank=True, related_name="claims", verbose_name=_("项目")
    )
    follows_lead = models.BooleanField(_("随牵头人办理"), default=False)
    escalated = models.CharField(_("提请委员会"), max_length=120, blank=True)
    # What stands in the ledger, where it is not all that was recognised: of a cluster only the highest counts.
    counted_points = PointsField(_("计入积分"), null=True, blank=True)

    objects = ClaimQuerySet.as_manager()

    MOVES: ClassVar[MoveTable] = CLAIM_MOVES
    EVENT: ClassVar[type[EventBase]] = ClaimEvent

    class Meta:
        verbose_name = _("申报")
        verbose_name_plural = _("申报")
        ordering = ("-pk",)
        indexes: ClassVar = [
            models.Index(fields=["student", "-id"], name="claim_student"),
            models.Index(fields=["college", "status", "stage", "-id"], name="claim_college_queue"),
            models.Index(fields=["scheme", "status", "stage", "-id"], name="claim_scheme_queue"),
            models.Index(fields=["college", "-id"], name="claim_college"),
            models.Index(fields=["scheme", "-id"], name="claim_scheme"),
            models.Index(fields=["project", "student"], name="claim_project"),
            # The desks' queues, the longest waiting first; what is decided leaves these indexes. They end in what tells
            # a mate's claim from its lead's, so that a queue is counted without opening the table.
            models.Index(
                fields=["college", "stage", "stage_entered_at", "id", "follows_lead"],
                condition=Q(status=Status.IN_REVIEW),
                name="claim_college_waiting",
            ),
            models.Index(
                fields=["scheme", "stage", "stage_entered_at", "id", "follows_lead"],
                condition=Q(status=Status.IN_REVIEW),
                name="claim_scheme_waiting",
            ),
            models.Index(
                fields=["category", "stage", "stage_entered_at", "id", "follows_lead", "scheme"],
                condition=Q(status=Status.IN_REVIEW),
                name="claim_category_waiting",
            ),
            # What waits in a college beside a claim that is reviewed.
            models.Index(
                fields=["college", "category", "academic_year", "stage", "stage_entered_at", "id", "follows_lead"],
                condition=Q(status=Status.IN_REVIEW),
                name="claim_beside_waiting",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(claimed_points__isnull=True) | Q(claimed_points__gt=0),
                name="claim_claimed_positive",
            ),
            models.CheckConstraint(
                condition=Q(recognised_points__isnull=True) | Q(recognised_points__gte=0),
                name="claim_recognised_not_negative",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.RECOGNISED) | Q(recognised_points__isnull=False),
                name="claim_recognised_has_points",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.PUBLICITY) | Q(recognised_points__gt=0),
                name="claim_in_publicity_has_points",
            ),
            models.CheckConstraint(
                condition=Q(counted_points__isnull=True) | Q(counted_points__gte=0),
                name="claim_counted_not_negative",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.IN_REVIEW) | (~Q(stage="") & Q(claimed_points__isnull=False)),
                name="claim_in_review_has_stage_and_points",
            ),
            models.UniqueConstraint(
                fields=["receipt_number"], condition=~Q(receipt_number=""), name="claim_receipt_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student} {self.category} {self.content}"

    def within(self, power: Power) -> bool:
        """Whether an appointment's college, scheme, category, cohort and class all hold the claim."""
        return power.reaches_student(self) and power.reaches(
            college_id=self.college_id, scheme_code=self.scheme.code, category_code=self.category.code
        )

    def trail_facts(self) -> dict[str, Any]:
        """Freeze what a reviewer or a student may later ask about."""
        return {
            "category": self.category_id,
            "content": self.content,
            "facts": self.facts,
            "claimed_points": _text(self.claimed_points),
            "recognised_points": _text(self.recognised_points),
            **({"library_entry": self.library_entry_id} if self.library_entry_id else {}),
            **({"recognised_reason": self.recognised_reason} if self.recognised_reason else {}),
        }

    def get_absolute_url(self) -> str:
        """Return the claim's page."""
        return reverse("credits:claim", args=[self.pk])

    @property
    def is_claimable(self) -> bool:
        """Whether this is the student's own claim, not an office's record."""
        return self.channel == Channel.STUDENT

    @property
    def is_printable(self) -> bool:
        """Whether there is a form of it: the student claimed it, handed it in, and has not made it a draft again."""
        return self.is_claimable and self.submitted_at is not None and self.status != Status.DRAFT

    @property
    def counts(self) -> bool:
        """Whether the points count: only what is recognised does."""
        return self.status == Status.RECOGNISED

    @property
    def counted(self) -> Decimal:
        """What the claim adds to the total: all that was recognised, unless the same project counts higher."""
        if not self.counts or self.recognised_points is None:
            return ZERO
        return self.recognised_points if self.counted_points is None else self.counted_points


class Evidence(models.Model):
    """One file (证明材料) that supports a claim, under the checklist item it answers."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="evidence", verbose_name=_("申报"))
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("文件"))
    item = models.CharField(_("材料类型"), max_length=32, blank=True)
    position = models.PositiveSmallIntegerField(_("次序"), default=0)
    removed_at = models.DateTimeField(_("移除时间"), null=True, blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("证明材料")
        verbose_name_plural = _("证明材料")
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.file.name


class Submission(models.Model):
    """One handing-in: what was submitted, when, and the digest that the student's receipt shows."""

    append_only = True

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="submissions", verbose_name=_("申报"))
    number = models.CharField(_("受理编号"), max_length=24)
    revision = models.PositiveIntegerField(_("修订号"))
    content = models.JSONField(_("提交内容"))
    sha256 = models.CharField(_("摘要"), max_length=64)
    submitted_at = models.DateTimeField(_("提交时间"))
    submitted_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("提交人"))

    class Meta:
        verbose_name = _("提交回执")
        verbose_name_plural = _("提交回执")
        ordering = ("-pk",)
        constraints: ClassVar = [models.UniqueConstraint(fields=["claim", "revision"], name="submission_once")]

    def __str__(self) -> str:
        return self.number


def _text(points: object) -> str | None:
    """Write points for JSON, where a float would lie."""
    return None if points is None else str(points)
