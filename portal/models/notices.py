"""What the portal tells people."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.enums import NoticeKind, Way
from portal.models.people import Person


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Named questions about notices."""

    def of(self, person: Person) -> NoticeQuerySet:
        """Return what the person has been told by now."""
        return self.filter(Q(leaves_at=None) | Q(leaves_at__lte=timezone.now()), person=person)


class Notice(models.Model):
    """One message to one person, shown in the portal until it is read, and sent by mail when an address is known."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="notices", verbose_name=_("收件人"))
    kind = models.CharField(_("类型"), max_length=16, choices=NoticeKind)
    title = models.CharField(_("标题"), max_length=120)
    text = models.TextField(_("内容"), blank=True)
    path = models.CharField(_("链接"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("时间"), auto_now_add=True)
    # A decision can be taken back for a few seconds: until then nobody is told. None: told at once.
    leaves_at = models.DateTimeField(_("发出时间"), null=True, blank=True)
    read_at = models.DateTimeField(_("已读"), null=True, blank=True)
    # What a reminder is about and on which day, so that it comes once; empty for what is told by the act itself.
    key = models.CharField(_("事由编号"), max_length=80, blank=True, default="", db_default="")

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("通知")
        verbose_name_plural = _("通知")
        ordering = ("-pk",)
        indexes: ClassVar = [
            models.Index(fields=["person", "-id"], name="notice_person"),
            models.Index(fields=["person"], condition=models.Q(read_at__isnull=True), name="notice_unread"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], condition=~models.Q(key=""), name="notice_key_once")
        ]

    def __str__(self) -> str:
        return self.title


class NoticePreference(models.Model):
    """How one person wants to be told of one kind of notice; without a row, the kind's default holds."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="notice_preferences", verbose_name=_("人员"))
    kind = models.CharField(_("类型"), max_length=16, choices=NoticeKind)
    way = models.CharField(_("方式"), max_length=8, choices=Way)

    class Meta:
        verbose_name = _("通知设置")
        verbose_name_plural = _("通知设置")
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "kind"], name="notice_preference_once")]

    def __str__(self) -> str:
        return f"{self.person} {self.get_kind_display()}"
