"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CreditsConfig(AppConfig):
    """Schemes, the evaluator, rounds, claims, evidence and the ledger."""

    name = "credits"
    verbose_name = _("积分认定")
