"""What a reviewer pointed at when a claim went back to its student."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from credits.enums import FlagKind
from credits.models.claims import ClaimEvent, Evidence

WORDS_LENGTH = 300


class ReturnFlag(models.Model):
    """One thing that is to be amended: a place of the form, a file of the evidence and its page, or the whole claim.

    It belongs to the event of the return and says why, by the scheme's reason, in words, or both.
    """

    append_only = True

    event = models.ForeignKey(ClaimEvent, models.PROTECT, related_name="flags", verbose_name=_("退回"))
    kind = models.CharField(_("对象"), max_length=8, choices=FlagKind)
    field = models.CharField(_("填写项"), max_length=64, blank=True)
    evidence = models.ForeignKey(
        Evidence, models.PROTECT, null=True, blank=True, related_name="flags", verbose_name=_("证明材料")
    )
    page = models.PositiveIntegerField(_("页码"), null=True, blank=True)
    code = models.CharField(_("理由代码"), max_length=32, blank=True)
    words = models.CharField(_("说明"), max_length=WORDS_LENGTH, blank=True)

    class Meta:
        verbose_name = _("退回标注")
        verbose_name_plural = _("退回标注")
        ordering = ("event", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(Q(kind=FlagKind.FIELD, evidence__isnull=True, page__isnull=True) & ~Q(field=""))
                | Q(kind=FlagKind.FILE, evidence__isnull=False, field="")
                | Q(kind=FlagKind.WHOLE, evidence__isnull=True, page__isnull=True, field=""),
                name="return_flag_points_at_one_thing",
            ),
            models.CheckConstraint(condition=~Q(code="", words=""), name="return_flag_says_why"),
            models.CheckConstraint(condition=Q(page__isnull=True) | Q(page__gte=1), name="return_flag_page_from_one"),
            models.UniqueConstraint(
                fields=["event", "kind", "field"], condition=~Q(kind=FlagKind.FILE), name="return_flag_once"
            ),
            models.UniqueConstraint(
                fields=["event", "evidence"], condition=Q(kind=FlagKind.FILE), name="return_flag_file_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.field or self.evidence_id or ''} {self.code} {self.words}".strip()
