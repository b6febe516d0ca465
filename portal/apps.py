"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    """The ground: people, workflow kernel, files, jobs, listings. It knows no claim."""

    name = "portal"
    verbose_name = _("公共基础")

    def ready(self) -> None:
        """Register the start-up checks."""
        from portal import checks  # noqa: F401, PLC0415 - registered by being imported, once the apps are ready
