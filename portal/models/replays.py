"""The memory that makes a form sent twice act once."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.models.people import Person


class FormReceipt(models.Model):
    """One form that was carried out: its key, who sent it, and where the answer sent the browser."""

    key = models.CharField(_("表单编号"), max_length=36)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", verbose_name=_("人员"))
    path = models.CharField(_("路径"), max_length=200)
    location = models.CharField(_("去向"), max_length=400, blank=True)
    at = models.DateTimeField(_("时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("表单回执")
        verbose_name_plural = _("表单回执")
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "key"], name="form_receipt_once")]
        indexes: ClassVar = [models.Index(fields=["at"], name="form_receipt_age")]

    def __str__(self) -> str:
        return self.key
