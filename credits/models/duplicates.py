"""The duplicate radar (查重): fingerprints of evidence, identity numbers, pairs of claims alike, dismissals."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from credits.enums import PicturePart, ScanOutcome
from credits.models.claims import Claim
from credits.querysets import PairQuerySet
from portal.models import Person, StoredFile


class FileScan(models.Model):
    """One stored file whose pictures were looked at, and what came of it; a file without a row has not been yet."""

    file = models.OneToOneField(StoredFile, models.CASCADE, related_name="scan", verbose_name=_("文件"))
    outcome = models.CharField(_("结果"), max_length=12, choices=ScanOutcome)
    scanned_at = models.DateTimeField(_("比对时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("图像指纹记录")
        verbose_name_plural = _("图像指纹记录")

    def __str__(self) -> str:
        return f"{self.file_id} {self.outcome}"


class Fingerprint(models.Model):
    """What one picture, or one page, looks like: 64 coarse bits to be found by, 1024 finer ones to be judged by.

    The coarse bits stand as four indexed numbers of 16 bits: pictures alike have at least one of them in common. A page
    of a PDF is kept as it looks, and the largest picture on it where that looks otherwise. Of pages with text that says
    something else, likeness means nothing: ``words`` is the text's digest.
    """

    scan = models.ForeignKey(FileScan, models.CASCADE, related_name="fingerprints", verbose_name=_("图像指纹记录"))
    page = models.PositiveSmallIntegerField(_("页"), default=1)
    part = models.CharField(_("部分"), max_length=8, choices=PicturePart, default=PicturePart.PICTURE)
    words = models.CharField(_("文字摘要"), max_length=16, blank=True)
    band_1 = models.PositiveIntegerField()
    band_2 = models.PositiveIntegerField()
    band_3 = models.PositiveIntegerField()
    band_4 = models.PositiveIntegerField()
    detail = models.BinaryField(max_length=128)

    class Meta:
        verbose_name = _("图像指纹")
        verbose_name_plural = _("图像指纹")
        constraints: ClassVar = [models.UniqueConstraint(fields=["scan", "page", "part"], name="fingerprint_part_once")]
        # Each holds all that the search wants to know of a candidate, so that it never opens the table for one.
        indexes: ClassVar = [
            models.Index(fields=["band_1", "band_2", "band_3", "band_4", "id"], name="fingerprint_band_1"),
            models.Index(fields=["band_2", "band_1", "band_3", "band_4", "id"], name="fingerprint_band_2"),
            models.Index(fields=["band_3", "band_1", "band_2", "band_4", "id"], name="fingerprint_band_3"),
            models.Index(fields=["band_4", "band_1", "band_2", "band_3", "id"], name="fingerprint_band_4"),
        ]

    def __str__(self) -> str:
        return f"{self.scan_id} p.{self.page}"


class ClaimMark(models.Model):
    """One number or title in its one writing by which a claim names its achievement (编号), for search over schemes."""

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="marks", verbose_name=_("申报"))
    kind = models.CharField(_("标识类型"), max_length=16)
    value = models.CharField(_("标识"), max_length=300)

    class Meta:
        verbose_name = _("成果标识")
        verbose_name_plural = _("成果标识")
        constraints: ClassVar = [models.UniqueConstraint(fields=["claim", "kind", "value"], name="claim_mark_once")]
        indexes: ClassVar = [models.Index(fields=["kind", "value"], name="claim_mark_value")]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class ClaimLook(models.Model):
    """That a claim was compared with all others, and as handed in when: an older look is to be repeated."""

    claim = models.OneToOneField(Claim, models.CASCADE, related_name="look", verbose_name=_("申报"))
    submitted_at = models.DateTimeField(_("提交时间"), null=True)
    looked_at = models.DateTimeField(_("比对时间"), auto_now=True)

    class Meta:
        verbose_name = _("查重记录")
        verbose_name_plural = _("查重记录")

    def __str__(self) -> str:
        return f"{self.claim_id} {self.looked_at:%Y-%m-%d %H:%M}"


class DuplicatePair(models.Model):
    """Two claims that may be one achievement claimed twice (可能重复), and why: the lower number is the first."""

    first = models.ForeignKey(Claim, models.CASCADE, related_name="+", verbose_name=_("申报"))
    second = models.ForeignKey(Claim, models.CASCADE, related_name="+", verbose_name=_("另一项申报"))
    grounds = models.JSONField(_("依据"), default=list)
    found_at = models.DateTimeField(_("发现时间"), auto_now_add=True)

    objects = PairQuerySet.as_manager()

    class Meta:
        verbose_name = _("可能重复的申报")
        verbose_name_plural = _("可能重复的申报")
        ordering = ("pk",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["first", "second"], name="duplicate_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="duplicate_pair_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} / {self.second_id}"

    def other_id(self, claim: Claim) -> int:
        """Return the number of the claim on the other side."""
        return self.second_id if claim.pk == self.first_id else self.first_id


class DuplicateDismissal(models.Model):
    """That one side's reviewer found a pair to be a false alarm, with the reason; the other side judges for itself."""

    pair = models.ForeignKey(DuplicatePair, models.CASCADE, related_name="dismissals", verbose_name=_("可能重复的申报"))
    claim = models.ForeignKey(Claim, models.CASCADE, related_name="+", verbose_name=_("申报"))
    reason = models.CharField(_("理由"), max_length=300)
    dismissed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("排除人"))
    dismissed_at = models.DateTimeField(_("排除时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("排除重复")
        verbose_name_plural = _("排除重复")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pair", "claim"], name="duplicate_dismissed_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="duplicate_dismissal_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.pair_id} {self.reason}"
