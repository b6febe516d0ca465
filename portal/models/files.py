"""What the portal knows of a stored file; the bytes lie in the private storage."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class StoredFile(models.Model):
    """One file that somebody handed in, or that a job made.

    Who may read it follows from the record that points at it (an evidence, a job), never from this row.
    """

    key = models.UUIDField(_("访问键"), default=uuid.uuid4, unique=True, editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, db_index=True)
    size = models.PositiveBigIntegerField(_("字节数"))
    media_type = models.CharField(_("类型"), max_length=100)
    name = models.CharField(_("文件名"), max_length=255)
    path = models.CharField(_("存储路径"), max_length=255, unique=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("上传人"),
    )
    uploaded_at = models.DateTimeField(_("上传时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("文件")
        verbose_name_plural = _("文件")

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        """True when a page can show the file in an <img>."""
        return self.media_type.startswith("image/")

    @property
    def is_pdf(self) -> bool:
        """True when a page shows the file in a frame."""
        return self.media_type == "application/pdf"
