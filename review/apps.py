"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReviewConfig(AppConfig):
    """The staff's face: desks, queues, decisions, imports."""

    name = "review"
    verbose_name = _("审核工作")

    def ready(self) -> None:
        """Put the desks and the office's pages into the menu, and publicity onto the pages of the floors below."""
        from credits.timeline import extend_timeline  # noqa: PLC0415 - reads models
        from portal.chores import provide_chore  # noqa: PLC0415 - as above
        from portal.remarks import provide_remarks  # noqa: PLC0415 - as above
        from review import navigation, texts  # noqa: F401, PLC0415 - they register their entries by being imported
        from review.committee import navigation as committee  # noqa: F401, PLC0415 - as above
        from review.committee import sight  # noqa: F401, PLC0415 - as above
        from review.desk.duplicates import duplicate_remarks  # noqa: PLC0415 - reads models
        from review.experts import deputies  # noqa: F401, PLC0415 - as above
        from review.experts import navigation as experts  # noqa: F401, PLC0415 - as above
        from review.experts import sight as expert_sight  # noqa: F401, PLC0415 - as above
        from review.office import navigation as office  # noqa: F401, PLC0415 - as above
        from review.office.rulings import remarks as ruling_remarks  # noqa: PLC0415 - reads models
        from review.office.sanction_mention import sanction_remarks  # noqa: PLC0415 - reads models
        from review.publicity import navigation as publicity  # noqa: F401, PLC0415 - as above
        from review.publicity.mentions import milestones, remarks  # noqa: PLC0415 - reads models
        from review.reminding import remind_of_queues  # noqa: PLC0415 - reads models

        provide_chore("queues", remind_of_queues)
        provide_remarks(remarks)
        provide_remarks(duplicate_remarks)
        provide_remarks(sanction_remarks)
        provide_remarks(ruling_remarks)
        extend_timeline(milestones)
