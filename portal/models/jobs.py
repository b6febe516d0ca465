"""Long work: what was asked, how far it is, what came of it."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.enums import Role
from portal.models.appointments import Appointment
from portal.models.files import StoredFile
from portal.models.people import Person


class JobState(models.TextChoices):
    """Where a job stands; only queued and running ones may still change."""

    QUEUED = "queued", _("排队中")
    RUNNING = "running", _("进行中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("失败")
    CANCELLED = "cancelled", _("已取消")


class JobQuerySet(models.QuerySet["Job"]):
    """Named sets of jobs."""

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> "JobQuerySet":
        """Jobs of the user; for an office those of the staff of its schemes, for the administrator all of them."""
        if not isinstance(user, Person):
            return self.none()
        if user.is_superuser or user.standing.has(Role.ADMINISTRATOR):
            return self
        schemes = {power.scheme_code for power in user.standing.powers_as([Role.OFFICE])}
        if not schemes:
            return self.filter(owner=user)
        # An appointment without a scheme serves them all, so its holder's work is every office's.
        reach = Q() if "" in schemes else Q(scheme_code__in=[*sorted(schemes), ""])
        staff = Appointment.objects.in_force(timezone.localdate()).filter(reach, person=OuterRef("owner"))
        return self.filter(Q(owner=user) | Exists(staff))

    def active(self) -> "JobQuerySet":
        """Jobs that are still to change by themselves."""
        return self.filter(state__in=[JobState.QUEUED, JobState.RUNNING])

    def stale(self, silence: timedelta) -> "JobQuerySet":
        """Running jobs whose worker has been silent for longer than this: it was killed."""
        return self.filter(state=JobState.RUNNING, heartbeat_at__lt=timezone.now() - silence)

    def expired(self) -> "JobQuerySet":
        """Jobs whose result is past its date and still stored."""
        return self.filter(result__isnull=False, result_expires_at__lt=timezone.now())


class Job(models.Model):
    """One piece of long work that a person asked for: an export, an import, a batch of forms.

    A job that is asked for again is a new row, which names the one that failed.
    """

    kind = models.CharField(_("任务类型"), max_length=60)
    about = models.CharField(_("内容"), max_length=120, blank=True)
    params = models.JSONField(_("参数"), default=dict, blank=True)
    language = models.CharField(_("语言"), max_length=10, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=JobState, default=JobState.QUEUED)
    done = models.PositiveIntegerField(_("已处理"), default=0)
    total = models.PositiveIntegerField(_("总数"), default=0)
    message = models.CharField(_("进度说明"), max_length=300, blank=True)
    heartbeat_at = models.DateTimeField(_("最近心跳"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("运行次数"), default=0)
    cancel_requested = models.BooleanField(_("已请求取消"), default=False)
    task_id = models.CharField(_("队列编号"), max_length=64, blank=True)
    result = models.ForeignKey(
        StoredFile,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("结果文件"),
    )
    result_expires_at = models.DateTimeField(_("结果保留至"), null=True, blank=True)
    error = models.TextField(_("错误"), blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="jobs",
        verbose_name=_("发起人"),
    )
    retry_of = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="retried_as", verbose_name=_("重新运行自")
    )
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)
    started_at = models.DateTimeField(_("开始时间"), null=True, blank=True)
    finished_at = models.DateTimeField(_("结束时间"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("任务")
        verbose_name_plural = _("任务")
        indexes = [
            models.Index(fields=["owner", "-created_at"], name="job_owner_newest"),
            models.Index(fields=["state", "heartbeat_at"], name="job_state_heartbeat"),
            models.Index(fields=["created_at", "id"], name="job_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"

    @property
    def is_active(self) -> bool:
        """True while the page should keep looking."""
        return self.state in {JobState.QUEUED, JobState.RUNNING}

    @property
    def percent(self) -> int:
        """Progress, 0 to 100; a finished job is at 100 whatever it counted."""
        if self.state == JobState.DONE:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0

    @property
    def has_result(self) -> bool:
        """True while there is something to download."""
        if self.result_id is None or self.state != JobState.DONE:
            return False
        return self.result_expires_at is None or self.result_expires_at > timezone.now()
