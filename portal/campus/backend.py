"""The mark of a session that the campus opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.backends import ModelBackend

if TYPE_CHECKING:
    from django.http import HttpRequest


class CampusBackend(ModelBackend):
    """Reads the person of the campus's sessions as Django does, so that inactive ones are out at once."""

    def authenticate(
        self,
        request: HttpRequest | None,  # noqa: ARG002 - Django's signature
        username: str | None = None,  # noqa: ARG002 - as above
        password: str | None = None,  # noqa: ARG002 - as above
        **_credentials: Any,
    ) -> None:
        """Let nobody in by a password; by a ticket the view does, which has to tell people why they stay out."""
        return
