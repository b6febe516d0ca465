"""Checks a digest against what is kept, and what is kept against itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.points import format_points
from review.publicity.lines import digest

if TYPE_CHECKING:
    from review.models import PublicityList

COLUMNS = ("position", "name", "number", "college", "cohort", "item", "score")


@dataclass(frozen=True, slots=True)
class Check:
    """What was found: of what the digest is (``list``, ``notice`` or empty), and whether the archive is intact."""

    is_of: str
    is_intact: bool


def check_digest(row: PublicityList, asked: str) -> Check:
    """Compare a typed digest with those of the list and of its notice; the archive is computed anew each time."""
    notice = getattr(row, "notice", None)
    known = {row.sha256: "list"} | ({notice.sha256: "notice"} if notice else {})
    intact = digest(row.snapshot) == row.sha256 and lines_match(row)
    if notice:
        intact = intact and digest(notice.snapshot) == notice.sha256
    return Check(known.get(asked, ""), intact)


def lines_match(row: PublicityList) -> bool:
    """Whether the lines that pages show are those of the snapshot."""
    kept = [
        {**line, "score": format_points(line["score"])} for line in row.entries.order_by("position").values(*COLUMNS)
    ]
    return bool(kept == row.snapshot.get("entries"))
