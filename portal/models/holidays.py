"""The holiday table (节假日表): which days are no working days, and which weekends are made up for."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Holiday(models.Model):
    """One day that differs from its weekday: a day off, or (``works``) a Saturday or Sunday that is worked."""

    day = models.DateField(_("日期"), unique=True)
    name = models.CharField(_("名称"), max_length=32)
    works = models.BooleanField(_("调休上班"), default=False)

    class Meta:
        verbose_name = _("节假日")
        verbose_name_plural = _("节假日")
        ordering = ("day",)

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
