"""The achievement library (创新成果库): competitions that count, their levels and suggested scores."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from credits.enums import LibraryState, RequestState
from credits.models.schemes import Category, Scheme
from credits.querysets import LibraryQuerySet, LibraryRequestQuerySet
from portal.models import Person, Student


class LibraryEntry(models.Model):
    """One competition as the scheme's office keeps it, with the level that the expert committee ruled.

    ``suggestions`` lists awards with the suggested score (建议分值): ``[["金奖", "6.50"], …]``. A merged entry
    stays and points at the one it went into, because claims name it.
    """

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="library", verbose_name=_("认定办法"))
    category = models.ForeignKey(Category, models.PROTECT, related_name="+", verbose_name=_("申请类别"))
    code = models.CharField(_("编号"), max_length=32)
    name = models.CharField(_("名称"), max_length=128)
    initials = models.CharField(_("拼音首字母"), max_length=128, blank=True, editable=False)
    organiser = models.CharField(_("主办单位"), max_length=128, blank=True)
    level = models.CharField(_("级别"), max_length=64)
    suggestions = models.JSONField(_("建议分值"), default=list, blank=True)
    valid_from = models.PositiveSmallIntegerField(_("起始年度"))
    valid_to = models.PositiveSmallIntegerField(_("截止年度"), null=True, blank=True)
    ruling = models.CharField(_("级别认定依据"), max_length=128, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=LibraryState, default=LibraryState.ACTIVE)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("并入")
    )
    revision = models.PositiveIntegerField(_("修订号"), default=0)

    objects = LibraryQuerySet.as_manager()

    class Meta:
        verbose_name = _("成果库条目")
        verbose_name_plural = _("成果库条目")
        ordering = ("name", "pk")
        indexes: ClassVar = [models.Index(fields=["scheme", "state", "name"], name="library_scheme_name")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scheme", "code"], name="library_code_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="library_years_in_order"
            ),
            models.CheckConstraint(
                condition=Q(state=LibraryState.MERGED, merged_into__isnull=False)
                | (~Q(state=LibraryState.MERGED) & Q(merged_into__isnull=True)),
                name="library_merged_names_target",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def holds_in(self, year: int) -> bool:
        """Whether the entry counts for achievements of the year."""
        return self.valid_from <= year <= (self.valid_to or 9999)


class LibraryRequest(models.Model):
    """A student's request (入库申请) for a competition that the library does not hold, and the office's answer."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="library_requests", verbose_name=_("认定办法"))
    student = models.ForeignKey(Student, models.PROTECT, related_name="library_requests", verbose_name=_("学生"))
    name = models.CharField(_("竞赛名称"), max_length=128)
    organiser = models.CharField(_("主办单位"), max_length=128, blank=True)
    year = models.PositiveSmallIntegerField(_("年度"))
    reason = models.TextField(_("说明"))
    state = models.CharField(_("状态"), max_length=12, choices=RequestState, default=RequestState.OPEN)
    answer = models.TextField(_("答复"), blank=True)
    entry = models.ForeignKey(
        LibraryEntry, models.PROTECT, null=True, blank=True, related_name="requests", verbose_name=_("成果库条目")
    )
    created_at = models.DateTimeField(_("提交时间"), auto_now_add=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    answered_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("答复人")
    )

    objects = LibraryRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("入库申请")
        verbose_name_plural = _("入库申请")
        ordering = ("-pk",)
        indexes: ClassVar = [models.Index(fields=["scheme", "state", "-id"], name="library_request_queue")]

    def __str__(self) -> str:
        return self.name
