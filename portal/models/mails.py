"""Mails on their way: what waits, what was sent, what was given up."""

from __future__ import annotations

import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.enums import NoticeKind, Role
from portal.models.appointments import Appointment
from portal.models.notices import Notice
from portal.models.people import Person
from portal.scopes import covered_colleges


class MailState(models.TextChoices):
    """Where a mail stands."""

    GATHERING = "gathering", _("待汇总")
    WAITING = "waiting", _("待发送")
    SENT = "sent", _("已发送")
    FAILED = "failed", _("发送失败")


class MailQuerySet(models.QuerySet["Mail"]):
    """Named sets of mails."""

    def visible_to(self, person: Person) -> MailQuerySet:
        """Return whose delivery the person looks after: all for the administrator, for an office its schemes' people.

        Those are the students of the colleges that its schemes cover, and whoever works for these schemes or for all.
        """
        if person.is_superuser or person.standing.has(Role.ADMINISTRATOR):
            return self
        codes = {power.scheme_code for power in person.standing.powers_as([Role.OFFICE])}
        if "" in codes:
            return self
        if not codes:
            return self.none()
        working = Appointment.objects.in_force(timezone.localdate()).filter(
            scheme_code__in=[*sorted(codes), ""], person=OuterRef("person")
        )
        return self.filter(Q(person__student__college__in=covered_colleges(codes)) | Exists(working))

    def due(self, at: datetime.datetime | None = None) -> MailQuerySet:
        """Return what should have left by now, the longest due first."""
        waiting = self.filter(state=MailState.WAITING, due_at__lte=at or timezone.now())
        return waiting.order_by("due_at", "pk")

    def unsent(self) -> MailQuerySet:
        """Return what waits or was given up."""
        return self.filter(state__in=[MailState.WAITING, MailState.FAILED])


class Mail(models.Model):
    """One mail to one person; its ``key`` names what it tells, so that one thing is told once.

    A line of a daily digest waits as ``gathering`` until the morning, when the digest takes its place. It goes to
    the address that the person has when it is sent. While a worker has it, ``due_at`` is the moment at which
    that worker is taken for dead. A notice that is withdrawn takes its mail along.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="mails", verbose_name=_("收件人"))
    notice = models.ForeignKey(
        Notice, models.CASCADE, null=True, blank=True, related_name="mails", verbose_name=_("通知")
    )
    kind = models.CharField(_("类型"), max_length=16, choices=NoticeKind)
    key = models.CharField(_("事由编号"), max_length=120, unique=True)
    subject = models.CharField(_("主题"), max_length=120)
    text = models.TextField(_("内容"), blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=MailState, default=MailState.WAITING)
    created_at = models.DateTimeField(_("生成时间"), auto_now_add=True)
    due_at = models.DateTimeField(_("应发时间"))
    sent_at = models.DateTimeField(_("发出时间"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    error = models.CharField(_("错误"), max_length=300, blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("邮件")
        verbose_name_plural = _("邮件")
        indexes: ClassVar = [
            models.Index(fields=["due_at", "id"], condition=Q(state="waiting"), name="mail_due"),
            models.Index(fields=["due_at", "person"], condition=Q(state="gathering"), name="mail_gathering"),
            models.Index(fields=["state", "-id"], name="mail_state"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="mail_sent_at",
            ),
        ]

    def __str__(self) -> str:
        return self.subject
