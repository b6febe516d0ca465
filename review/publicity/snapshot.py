"""What is frozen when a list is published and when its notice is issued: plain data, nothing is looked up later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from credits.models import SchemeVersion
from portal.language import kept_language
from review.models import ListKind
from review.publicity.lines import entries_of
from review.publicity.subjects import subjects_of

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    from credits.evaluation import SchemeData
    from credits.models import Scheme
    from review.models import PublicityList
    from review.publicity.lines import Line


def version_in_force(scheme: Scheme) -> SchemeVersion | None:
    """Return the version whose words and clauses a list and a notice use: the one in force, else the newest."""
    mine = SchemeVersion.objects.filter(scheme=scheme).select_related("scheme")
    return mine.in_force(timezone.localdate()).first() or mine.first()


def list_snapshot(row: PublicityList, lines: Iterable[Line]) -> dict[str, Any]:
    """Return what a list says, ready to be hashed."""
    version = version_in_force(row.scheme)
    data = version.data if version else None
    with kept_language():
        return {
            "institution": row.scheme.institution,
            "scheme": str(version) if version else row.scheme.name,
            "kind": row.kind,
            "title": row.title,
            "code": row.code,
            "opens_at": told(row.opens_at),
            "closes_at": told(row.closes_at),
            "days": row.days,
            "counting": row.counting,
            "basis": _basis(row, data),
            "score": _score_word(row, data),
            "entries": entries_of(lines),
        }


def notice_snapshot(
    row: PublicityList, *, number: str, title: str, issued_on: datetime.date, entries: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return what a formal notice says: the lines of its list that nothing speaks against."""
    said = row.snapshot
    kept = ("institution", "scheme", "kind", "basis", "score")
    return {
        **{key: said.get(key, "") for key in kept},
        "number": number,
        "title": title,
        "issued_on": issued_on.isoformat(),
        "list": {
            "title": row.title,
            "code": row.code,
            "sha256": row.sha256,
            "opens_at": said.get("opens_at", ""),
            "closes_at": said.get("closes_at", ""),
        },
        "entries": entries,
    }


def told(value: datetime.datetime | None) -> str:
    """Write a moment with its zone, to the second."""
    return timezone.localtime(value).isoformat(timespec="seconds") if value else ""


def _basis(row: PublicityList, data: SchemeData | None) -> str:
    """Return the article that the publicity rests on, as it is cited."""
    said = subjects_of(row.kind).publicity(data) if data else None
    clause = data.clauses.get(said.clause) if data and said else None
    return clause.cite if clause else ""


def _score_word(row: PublicityList, data: SchemeData | None) -> str:
    """Return what stands above the figures: the scheme's own word for a score."""
    if row.kind == ListKind.OFFSETS:
        return _("冲抵学分")
    return (data.wording.get("score", "") if data else "") or _("分值")
