"""Texts of notices and mails that an office words in its own way."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from credits.models.schemes import Scheme


class NoticeText(models.Model):
    """One text of one scheme that the office has changed; without a row the portal's own words hold."""

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="texts", verbose_name=_("认定办法"))
    code = models.CharField(_("文本"), max_length=32)
    title = models.CharField(_("标题"), max_length=120)
    text = models.TextField(_("内容"), blank=True)

    class Meta:
        verbose_name = _("通知文本")
        verbose_name_plural = _("通知文本")
        constraints: ClassVar = [models.UniqueConstraint(fields=["scheme", "code"], name="notice_text_once")]

    def __str__(self) -> str:
        return self.title
