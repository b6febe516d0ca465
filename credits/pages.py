"""Evidence as the viewer shows it: its addresses, and the pages of a PDF."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from portal.pages.showing import ShownPages, shown_pages

if TYPE_CHECKING:
    from portal.models import StoredFile


def shown_file(stored: StoredFile) -> dict[str, Any]:
    """Return what every viewer needs of a file; the pages are asked for when a file is opened, so as a function."""
    return {
        "url": reverse("credits:evidence_file", args=[stored.key]),
        "media_type": stored.media_type,
        "pages": partial(_pages, stored) if stored.is_pdf else None,
    }


def _pages(stored: StoredFile) -> ShownPages:
    return shown_pages(stored, lambda number: reverse("credits:evidence_page", args=[stored.key, number]))
