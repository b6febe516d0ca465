"""Programs that may read records (scholarship, recommendation), each with a key of its own."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.models.people import Person


class ReaderKey(models.Model):
    """One program's key to the read API: shown once when it is made, kept only as its SHA-256."""

    name = models.CharField(_("用途"), max_length=64)
    scheme_code = models.SlugField(_("认定办法"), max_length=32)
    sha256 = models.CharField(_("密钥摘要"), max_length=64, unique=True)
    hint = models.CharField(_("密钥开头"), max_length=8)
    expires_on = models.DateField(_("有效期至"))
    revoked_at = models.DateTimeField(_("停用时间"), null=True, blank=True)
    created_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("建立人"))
    created_at = models.DateTimeField(_("建立时间"), auto_now_add=True)
    used_at = models.DateTimeField(_("最近使用"), null=True, blank=True)

    class Meta:
        verbose_name = _("读取密钥")
        verbose_name_plural = _("读取密钥")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.name
