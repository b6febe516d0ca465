"""Statistics (统计): a scheme's figures as they stood at one moment, kept until they are taken again."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from credits.models import Scheme
from portal.models import Person


class Statistics(models.Model):
    """The figures of one scheme: counted by a job, shown with their date; each taking replaces the one before."""

    scheme = models.OneToOneField(Scheme, models.PROTECT, related_name="+", verbose_name=_("认定办法"))
    taken_at = models.DateTimeField(_("截至"))
    taken_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("统计人"))
    figures = models.JSONField(_("数字"), default=dict)

    class Meta:
        verbose_name = _("统计")
        verbose_name_plural = _("统计")
        ordering = ("scheme",)

    def __str__(self) -> str:
        return f"{self.scheme} {self.taken_at:%Y-%m-%d %H:%M}"
