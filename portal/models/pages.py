"""The pages of a stored PDF, drawn once for everybody who may read the file."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.models.files import StoredFile


class Rendering(models.Model):
    """One stored PDF that was drawn, and how far: a PDF without a row has not been yet, one of 0 pages cannot be."""

    # What is drawn is evidence, and evidence is kept: pictures without their file cannot come about.
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="rendering", verbose_name=_("文件"))
    total = models.PositiveIntegerField(_("总页数"), default=0)
    drawn = models.PositiveSmallIntegerField(_("已生成页数"), default=0)
    made_at = models.DateTimeField(_("生成时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("PDF 页面")
        verbose_name_plural = _("PDF 页面")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(drawn__lte=F("total")), name="rendering_within_the_file")
        ]

    def __str__(self) -> str:
        return f"{self.file_id} {self.drawn}/{self.total}"


class RenderedPage(models.Model):
    """One page: a picture, which is a file of its own, and the text on it for searching."""

    rendering = models.ForeignKey(Rendering, models.CASCADE, related_name="pages", verbose_name=_("PDF 页面"))
    number = models.PositiveSmallIntegerField(_("页"))
    image = models.OneToOneField(StoredFile, models.PROTECT, related_name="page", verbose_name=_("图像"))
    width = models.PositiveSmallIntegerField(_("宽"))
    height = models.PositiveSmallIntegerField(_("高"))
    text = models.TextField(_("文字"), blank=True)

    class Meta:
        verbose_name = _("PDF 的一页")
        verbose_name_plural = _("PDF 的一页")
        ordering = ("number",)
        constraints: ClassVar = [models.UniqueConstraint(fields=["rendering", "number"], name="page_drawn_once")]

    def __str__(self) -> str:
        return f"{self.rendering_id} p.{self.number}"
