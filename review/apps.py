"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReviewConfig(AppConfig):
    """The staff's face: desks, queues, decisions, imports."""

    name = "review"
    verbose_name = _("审核工作")

    def ready(self) -> None:
        """Put the desks and the office's pages into the menu."""
        from review import navigation  # noqa: F401, PLC0415 - registers its entries by being imported
        from review.office import navigation as office  # noqa: F401, PLC0415 - as above
