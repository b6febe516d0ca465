"""Drawing the pages of evidence that has none yet: what was attached before there were pages, or was left undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credits.models import Evidence
from portal.models import StoredFile
from portal.pages.keeping import render_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.models import Rendering

EVERY_HOUR = 60


def draw_rest(limit: int | None = None) -> Iterator[Rendering]:
    """Draw the PDFs among the evidence that were not yet, the newest first; can be stopped at any file."""
    waiting = Evidence.objects.kept().filter(file__media_type="application/pdf", file__rendering=None)
    for pk in list(waiting.order_by("-pk").values_list("file", flat=True)[:limit]):
        yield render_file(StoredFile.objects.get(pk=pk))


def draw_some() -> int:
    """Draw a part of what is left, as the hour's chore; how many."""
    return sum(1 for _rendering in draw_rest(EVERY_HOUR))
