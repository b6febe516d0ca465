"""The printed application form (申请表) and its filing."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from conversion.models.applications import Application
from conversion.querysets import FormQuerySet
from portal.models import Person


class FormState(models.TextChoices):
    """Whether the paper still speaks the truth."""

    VALID = "valid", _("有效")
    SUPERSEDED = "superseded", _("已被替换")
    REVOKED = "revoked", _("已撤销")


class Form(models.Model):
    """One form as it was issued: what it says is the snapshot, printed again it is the same document."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="forms", verbose_name=_("转换申请"))
    number = models.CharField(_("表单编号"), max_length=48, unique=True)
    code = models.CharField(_("验证码"), max_length=32, unique=True)
    snapshot = models.JSONField(_("内容"))
    sha256 = models.CharField(_("内容摘要"), max_length=64)
    state = models.CharField(_("状态"), max_length=12, choices=FormState, default=FormState.VALID)
    issued_at = models.DateTimeField(_("出具时间"))

    objects = FormQuerySet.as_manager()

    class Meta:
        verbose_name = _("申请表")
        verbose_name_plural = _("申请表")
        ordering = ("-pk",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["application"], condition=models.Q(state=FormState.VALID), name="form_one_valid"
            )
        ]

    def __str__(self) -> str:
        return self.number


class Filing(models.Model):
    """The signed paper of one form, received by the college (已备案)."""

    form = models.OneToOneField(Form, models.CASCADE, related_name="filing", verbose_name=_("申请表"))
    filed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("经手人"))
    filed_at = models.DateTimeField(_("备案时间"))
    shelf = models.CharField(_("存放位置"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("备案")
        verbose_name_plural = _("备案")
        ordering = ("-filed_at",)

    def __str__(self) -> str:
        return self.form.number
