"""The language of what is kept: a notice, a trace or a mail is read by others than the person who caused it."""

from __future__ import annotations

from django.conf import settings
from django.utils import translation


def kept_language() -> translation.override:
    """Word what is stored inside in the portal's own language, whichever the acting person reads the pages in."""
    return translation.override(settings.LANGUAGE_CODE)
