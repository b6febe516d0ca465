"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CreditsConfig(AppConfig):
    """Schemes, the evaluator, rounds, claims, evidence and the ledger."""

    name = "credits"
    verbose_name = _("积分认定")

    def ready(self) -> None:
        """Tell the ground the scheme's words and the pages of the menu, once the models are there."""
        from credits import navigation  # noqa: F401, PLC0415 - registered by being imported
        from credits.reminding import remind_of_drafts  # noqa: PLC0415 - reads models
        from credits.sanctions import sanction_remarks  # noqa: PLC0415 - reads models
        from credits.scopes import covered_colleges, institutions, schemes_and_categories, scope_names  # noqa: PLC0415 - as above
        from credits.services.pages import draw_some  # noqa: PLC0415 - as above
        from credits.wording import scheme_wording  # noqa: PLC0415 - as above
        from portal.chores import provide_chore  # noqa: PLC0415 - as above
        from portal.demo_accounts import provide_institutions  # noqa: PLC0415 - as above
        from portal.remarks import provide_remarks  # noqa: PLC0415 - as above
        from portal.scopes import provide_covered, provide_names, provide_scopes  # noqa: PLC0415 - as above
        from portal.wording import provide_wording  # noqa: PLC0415 - as above

        provide_chore("drafts", remind_of_drafts)
        provide_chore("pages of evidence", draw_some)
        provide_wording(scheme_wording)
        provide_scopes(schemes_and_categories)
        provide_names(scope_names)
        provide_covered(covered_colleges)
        provide_institutions(institutions)
        provide_remarks(sanction_remarks)
