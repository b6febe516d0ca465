"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConversionConfig(AppConfig):
    """Courses, grade bands, conversion applications and their printed forms."""

    name = "conversion"
    verbose_name = _("积分转换")
