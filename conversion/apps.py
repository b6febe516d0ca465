"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConversionConfig(AppConfig):
    """Courses, grade bands, conversion applications and their printed forms."""

    name = "conversion"
    verbose_name = _("积分转换")

    def ready(self) -> None:
        """Put the pages into the menu, and the texts among those that an office words."""
        from conversion import navigation, texts  # noqa: F401, PLC0415 - registered by being imported, later
