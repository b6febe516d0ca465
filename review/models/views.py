"""Saved views (常用视图): how one person looks at a queue again and again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.models import Person
from review.querysets import SavedViewQuerySet


class QueueName(models.TextChoices):
    """Which queue is looked at, as its addresses call it."""

    CLAIMS = "claims", _("申报审核")
    APPLICATIONS = "applications", _("转换审核")


class SavedView(models.Model):
    """One name that a person gave to the filters and the look of a queue; nobody else sees it.

    The one without a name is how the list looks whenever an address does not say: columns, density, order.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="+", verbose_name=_("人员"))
    queue = models.CharField(_("队列"), max_length=12, choices=QueueName, default=QueueName.CLAIMS)
    name = models.CharField(_("名称"), max_length=20)
    query = models.CharField(_("条件"), max_length=1000, blank=True)
    created_at = models.DateTimeField(_("建立时间"), auto_now_add=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("常用视图")
        verbose_name_plural = _("常用视图")
        ordering = ("pk",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "queue", "name"], name="saved_view_name_once")
        ]

    def __str__(self) -> str:
        return self.name
