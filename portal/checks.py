"""Start-up checks of the deployment."""

from collections.abc import Sequence

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections


def uses_psycopg3() -> bool:
    """Say whether Django chose psycopg 3, which it does whenever that package is importable."""
    from django.db.backends.postgresql.psycopg_any import is_psycopg3  # noqa: PLC0415 - needs a PostgreSQL driver

    return bool(is_psycopg3)


@register(Tags.database)
def check_driver(
    app_configs: Sequence[AppConfig] | None,  # noqa: ARG001 - the framework's signature
    databases: Sequence[str] | None,
    **_kwargs: object,
) -> list[CheckMessage]:
    """Refuse psycopg 3: the portal is tested with psycopg2 only."""
    vendors = {connections[alias].vendor for alias in databases or ()}
    if "postgresql" not in vendors or not uses_psycopg3():
        return []
    return [
        Error(
            "psycopg 3 is installed, so Django would use it instead of psycopg2.",
            hint="Remove the psycopg package from this environment.",
            id="portal.E001",
        )
    ]
