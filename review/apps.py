"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReviewConfig(AppConfig):
    """The staff's face: desks, queues, decisions, imports."""

    name = "review"
    verbose_name = _("审核工作")
