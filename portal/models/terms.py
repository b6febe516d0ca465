"""Academic years and terms."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

academic_year_validator = RegexValidator(r"^\d{4}-\d{4}$", _("学年写作 2018-2019。"))


class Term(models.Model):
    """One term (学期) of an academic year, written like ``2019-2020-1``."""

    code = models.CharField(
        _("学年学期"),
        max_length=11,
        unique=True,
        validators=[RegexValidator(r"^\d{4}-\d{4}-[1-3]$", _("学年学期写作 2019-2020-1。"))],
    )
    academic_year = models.CharField(_("学年"), max_length=9, validators=[academic_year_validator])
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"))

    class Meta:
        verbose_name = _("学期")
        verbose_name_plural = _("学期")
        ordering = ("-code",)
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="term_dates_in_order")
        ]

    def __str__(self) -> str:
        return self.code
