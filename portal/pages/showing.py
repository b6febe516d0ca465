"""What a viewer shows of a PDF: its pages where they are drawn, and otherwise why the browser has to help."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from portal.models import StoredFile


@dataclass(frozen=True, slots=True)
class ShownPages:
    """The drawn pages of one PDF, each with its address; without any, whether they are still to come."""

    total: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)
    is_waiting: bool = False

    @property
    def has_text(self) -> bool:
        """True when there is something to search: a scan has no text."""
        return any(row["text"] for row in self.rows)

    @property
    def rest(self) -> int:
        """How many pages are only in the file itself."""
        return self.total - len(self.rows)


def shown_pages(stored: StoredFile, address: Callable[[int], str]) -> ShownPages:
    """Return a PDF's pages for the viewer (one query, of files that came with their ``rendering``)."""
    rendering = getattr(stored, "rendering", None)
    if rendering is None:
        return ShownPages(is_waiting=True)
    if not rendering.drawn:
        return ShownPages()
    rows = list(rendering.pages.values("number", "width", "height", "text"))
    return ShownPages(rendering.total, [{**row, "url": address(row["number"])} for row in rows])
