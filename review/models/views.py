"""Saved views (常用视图): how one person looks at a queue again and again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.models import Person
from review.querysets import SavedViewQuerySet


class SavedView(models.Model):
    """One name that a person gave to the filters and the look of 申报审核; nobody else sees it.

    The one without a name is how the list looks whenever an address does not say: columns, density, order.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="+", verbose_name=_("人员"))
    name = models.CharField(_("名称"), max_length=20)
    query = models.CharField(_("条件"), max_length=1000, blank=True)
    created_at = models.DateTimeField(_("建立时间"), auto_now_add=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("常用视图")
        verbose_name_plural = _("常用视图")
        ordering = ("pk",)
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "name"], name="saved_view_name_once")]

    def __str__(self) -> str:
        return self.name
