"""App configuration."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    """The ground: people, workflow kernel, files, jobs, listings. It knows no claim."""

    name = "portal"
    verbose_name = _("公共基础")

    def ready(self) -> None:
        """Register start-up checks and kinds of jobs; keep the append-only triggers in place after every migrate."""
        from portal import checks  # noqa: F401, PLC0415 - registered by being imported, once the apps are ready

        post_migrate.connect(guard_tables, dispatch_uid="portal.append_only")
        autodiscover_modules("jobs")
        from portal.chores import provide_chore  # noqa: PLC0415 - as above
        from portal.delegations import menu as powers_menu  # noqa: F401, PLC0415 - as above
        from portal.delegations.services import remind_of_ends  # noqa: PLC0415 - reads models
        from portal.jobs import menu as jobs_menu  # noqa: F401, PLC0415 - as above
        from portal.outbox import menu as outbox_menu  # noqa: F401, PLC0415 - as above
        from portal.people_import import jobs, menu  # noqa: F401, PLC0415 - as above

        provide_chore("appointments that end", remind_of_ends)


def guard_tables(using: str, **_kwargs: Any) -> None:
    """Put the append-only triggers (back) in place: SQLite loses them when a table is rebuilt."""
    from portal import append_only  # noqa: PLC0415 - needs the registry of models

    append_only.install(connections[using])
