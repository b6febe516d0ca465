"""Conversion applications: which records a student turns into the credit of which course."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from conversion.models.courses import Course, Offering
from conversion.moves import APPLICATION_MOVES
from conversion.querysets import ApplicationQuerySet
from credits.models import Lot, Scheme, SchemeVersion
from portal.enums import Status
from portal.models import EventBase, Student
from portal.points import ZERO, PointsField
from portal.standing_types import Power
from portal.workflow import MoveTable, Reviewable

if TYPE_CHECKING:
    from credits.evaluation.scheme import ConversionKind

LIVE = [Status.DRAFT, Status.IN_REVIEW, Status.RETURNED, Status.PUBLICITY, Status.RECOGNISED]


class Relevance(models.TextChoices):
    """What the college judged of an achievement and the student's major."""

    RELATED = "related", _("与专业相关")
    UNRELATED = "unrelated", _("与专业无关")


class ApplicationEvent(EventBase):
    """One verb on one conversion application."""

    subject = models.ForeignKey(
        "conversion.Application", models.PROTECT, related_name="events", verbose_name=_("转换申请")
    )

    class Meta(EventBase.Meta):
        verbose_name = _("转换事件")
        verbose_name_plural = _("转换事件")
        indexes: ClassVar = [
            *EventBase.Meta.indexes,
            models.Index(fields=["subject", "id"], name="application_event_subject"),
        ]


class Application(Reviewable):
    """One application (积分转换申请) of one student for one course; refused ones stay, a new one may follow."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="applications", verbose_name=_("认定办法"))
    scheme_version = models.ForeignKey(
        SchemeVersion, models.PROTECT, related_name="applications", verbose_name=_("办法版本")
    )
    student = models.ForeignKey(Student, models.PROTECT, related_name="applications", verbose_name=_("学生"))
    cohort = models.PositiveSmallIntegerField(_("年级"))
    offering = models.ForeignKey(Offering, models.PROTECT, related_name="applications", verbose_name=_("开课"))
    course = models.ForeignKey(Course, models.PROTECT, related_name="applications", verbose_name=_("课程"))
    phone = models.CharField(_("联系电话"), max_length=32, blank=True)
    email = models.EmailField("email", blank=True)
    reason = models.TextField(_("申请理由"), blank=True)
    total = PointsField(_("转换积分合计"), default=ZERO)
    grade = models.CharField(_("对应课程成绩"), max_length=16, blank=True)
    bands = models.JSONField(_("成绩档"), default=list, blank=True)
    course_kind = models.SlugField(_("课程性质"), max_length=32, blank=True)
    relevance = models.CharField(_("专业相关性"), max_length=12, choices=Relevance, blank=True)
    relevance_reason = models.CharField(_("相关性说明"), max_length=300, blank=True)
    # What the application takes of the lifetime allowance; freed when it ends without an offset.
    offset_credits = PointsField(_("冲抵学分"), default=ZERO)
    notice = models.CharField(_("发文文号"), max_length=64, blank=True)

    objects = ApplicationQuerySet.as_manager()

    MOVES: ClassVar[MoveTable] = APPLICATION_MOVES
    EVENT: ClassVar[type[EventBase]] = ApplicationEvent

    class Meta:
        verbose_name = _("转换申请")
        verbose_name_plural = _("转换申请")
        ordering = ("-pk",)
        indexes: ClassVar = [
            models.Index(fields=["student", "-id"], name="application_student"),
            models.Index(fields=["college", "status", "stage", "-id"], name="application_college_queue"),
            models.Index(fields=["scheme", "status", "stage", "-id"], name="application_scheme_queue"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["student", "course"],
                condition=Q(status__in=LIVE),
                name="application_one_live_per_course",
            ),
            models.CheckConstraint(condition=Q(total__gte=0), name="application_total_not_negative"),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.IN_REVIEW, Status.PUBLICITY, Status.RECOGNISED])
                | (Q(total__gt=0) & ~Q(grade="")),
                name="application_pending_has_total_and_grade",
            ),
            models.CheckConstraint(condition=Q(offset_credits__gte=0), name="application_offset_not_negative"),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.IN_REVIEW, Status.PUBLICITY, Status.RECOGNISED])
                | Q(course_kind="", offset_credits=0)
                | (~Q(course_kind="") & Q(offset_credits__gt=0)),
                name="application_live_offset_takes_allowance",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student} {self.course}"

    def get_absolute_url(self) -> str:
        """Return the page of the application, which everybody who may see it can read."""
        return reverse("conversion:application", args=[self.pk])

    @property
    def offsets(self) -> bool:
        """Whether the points stand for course credit as they are, without a grade (no query: offsets have a kind)."""
        return bool(self.course_kind)

    @property
    def kind(self) -> ConversionKind | None:
        """Return what the course is in the student's plan (reads the version); None for a graded conversion."""
        return self.scheme_version.data.conversion.kind(self.course_kind) if self.course_kind else None

    def within(self, power: Power) -> bool:
        """Whether an appointment holds the application; one for a category holds none, it draws on several."""
        if power.category_code or not power.reaches_student(self):
            return False
        return power.reaches(college_id=self.college_id, scheme_code=self.scheme.code)

    def trail_facts(self) -> dict[str, Any]:
        """Freeze the amounts and the words."""
        facts = {
            "total": str(self.total),
            "grade": self.grade,
            "reason": self.reason,
            "phone": self.phone,
            "email": self.email,
        }
        if self.offsets:
            facts |= {
                "course_kind": self.course_kind,
                "relevance": self.relevance,
                "relevance_reason": self.relevance_reason,
                "offset_credits": str(self.offset_credits),
                "notice": self.notice,
            }
        return facts


class Line(models.Model):
    """One record that an application uses: how many points of which lot (本次转换积分)."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="lines", verbose_name=_("转换申请"))
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="lines", verbose_name=_("认定记录"))
    points = PointsField(_("本次转换积分"))

    class Meta:
        verbose_name = _("转换明细")
        verbose_name_plural = _("转换明细")
        ordering = ("pk",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["application", "lot"], name="line_once"),
            models.CheckConstraint(condition=Q(points__gt=0), name="line_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.lot} {self.points}"
