"""Workbooks that were taken in: people, courses, training plans, the achievement library."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.enums import Role
from portal.models.files import StoredFile
from portal.models.people import Person


class SheetKind(models.TextChoices):
    """What a workbook held."""

    PEOPLE = "people", _("人员")
    COURSES = "courses", _("课程")
    PLANS = "plans", _("培养方案")
    LIBRARY = "library", _("成果库")


class SheetImportQuerySet(models.QuerySet["SheetImport"]):
    """Named questions about imports."""

    def visible_to(self, person: Person) -> SheetImportQuerySet:
        """Return those of what the person may import: people by administrators and offices, the rest by its office."""
        standing, reach = person.standing, Q(pk__in=[])
        if person.is_superuser or standing.has(Role.ADMINISTRATOR, Role.OFFICE):
            reach |= Q(kind=SheetKind.PEOPLE)
        if standing.has(Role.OFFICE):
            schemes = standing.schemes_as(Role.OFFICE)
            reach |= ~Q(kind=SheetKind.PEOPLE) & (~Q(pk__in=[]) if "" in schemes else Q(scheme_code__in=schemes))
        return self.filter(reach)


class SheetImport(models.Model):
    """One workbook that changed something: who took it in and when, what came of it, and the workbook itself.

    The rows of recorded achievements have a history of their own (``ImportBatch``). A workbook with first passwords is
    not kept, only its digest. What it wrote stands in ``rows``, so that it can be taken back.
    """

    kind = models.CharField(_("内容"), max_length=16, choices=SheetKind)
    scheme_code = models.CharField(_("认定办法"), max_length=32, blank=True)
    name = models.CharField(_("文件名"), max_length=255)
    sha256 = models.CharField("SHA-256", max_length=64)
    workbook = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("工作簿")
    )
    report = models.JSONField(_("结果"), default=dict)
    imported_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("导入人"))
    imported_at = models.DateTimeField(_("导入时间"), auto_now_add=True)
    rolled_back_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)
    rolled_back_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("撤回人")
    )

    objects = SheetImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("导入记录")
        verbose_name_plural = _("导入记录")
        ordering = ("-pk",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind=SheetKind.PEOPLE, scheme_code="") | (~Q(kind=SheetKind.PEOPLE) & ~Q(scheme_code="")),
                name="sheet_import_of_a_scheme",
            ),
            models.CheckConstraint(
                condition=Q(rolled_back_at__isnull=True, rolled_back_by__isnull=True)
                | Q(rolled_back_at__isnull=False, rolled_back_by__isnull=False),
                name="sheet_import_rolled_back_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SheetImportRow(models.Model):
    """One row that a workbook made or changed: what stood there before (nothing: it was new) and what it left.

    ``key`` is that of the row in its own table, which ``table`` names. Of a changed row only the columns that changed
    are kept, and never a password.
    """

    imported = models.ForeignKey(SheetImport, models.CASCADE, related_name="rows", verbose_name=_("导入记录"))
    table = models.CharField(_("表"), max_length=24)
    key = models.BigIntegerField(_("行"))
    name = models.CharField(_("名称"), max_length=200)
    before = models.JSONField(_("导入前"), null=True)
    after = models.JSONField(_("导入后"))
    taken_back = models.BooleanField(_("已撤回"), default=False)

    class Meta:
        verbose_name = _("导入的行")
        verbose_name_plural = _("导入的行")
        ordering = ("pk",)
        indexes: ClassVar = [models.Index(fields=["table", "key"], name="sheet_import_row_subject")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["imported", "table", "key"], name="sheet_import_row_once")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_new(self) -> bool:
        """Whether the import made the row."""
        return self.before is None
