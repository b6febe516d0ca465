"""The search: which other claims share a file, a picture or a number with one claim. By indices, never by a scan."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Q

from credits.models import Claim, ClaimMark, Evidence, Fingerprint, Member
from credits.radar.hashing import NEAR_COARSE, NEAR_FINE, coarse_distance, fine_distance, probes
from portal.enums import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet

BANDS = ("band_1", "band_2", "band_3", "band_4")
OWN = ("own_1", "own_2", "own_3", "own_4")
PROBED = ("near_1", "near_2", "near_3", "near_4")
# A list of winners is attached by everybody on it: past this many, more say nothing new.
MOST = 50
AT_ONCE = 5000
_APART = " + ".join(f"bit_count(({band} # %({own})s)::bit(16))" for band, own in zip(BANDS, OWN, strict=True))
_CLOSE = " UNION ALL ".join(
    f"SELECT id FROM credits_fingerprint WHERE {band} = ANY(%({near})s) AND {_APART} <= %(coarse)s"  # noqa: S608 - names of ours
    for band, near in zip(BANDS, PROBED, strict=True)
)
NEAR = f"""
SELECT scan_id, page, detail, words FROM credits_fingerprint WHERE id IN ({_CLOSE})
AND bit_count(('x' || encode(detail, 'hex'))::bit(1024) # ('x' || %(detail)s)::bit(1024)) <= %(fine)s
"""  # noqa: S608 - as above


@dataclass(frozen=True, slots=True)
class Ground:
    """Why another claim may be the same: the kind, this side's and the other's evidence, the value, bits apart."""

    kind: str
    mine: int = 0
    theirs: int = 0
    value: str = ""
    page: int = 0
    their_page: int = 0
    distance: int = 0

    def stored(self, *, turned: bool) -> dict[str, object]:
        """Return it for the pair's row, whose first side is the other one when ``turned``."""
        facts = asdict(self)
        if turned:
            facts |= {"mine": self.theirs, "theirs": self.mine, "page": self.their_page, "their_page": self.page}
        return facts


def similar_pictures(print_: Fingerprint) -> list[tuple[int, int, int]]:
    """Return scan, page and distance in fine bits of all pictures near this one, itself included, the nearest first.

    Four index look-ups of 17 values each; of the candidates only those near by the coarse bits are opened. PostgreSQL
    counts the fine bits, too: the certificates of one template share their coarse bits by the thousand.
    """
    bands = [getattr(print_, band) for band in BANDS]
    detail = bytes(print_.detail)
    near = _counted_there(bands, detail) if connection.vendor == "postgresql" else _counted_here(bands)
    found = [
        (scan, page, fine_distance(detail, theirs))
        for scan, page, theirs, words in near
        # Sheets of one form look alike; where both say something, it has to be the same.
        if not (words and print_.words) or words == print_.words
    ]
    return sorted((row for row in found if row[2] <= NEAR_FINE), key=lambda row: (row[2], -row[0]))


def _counted_there(bands: list[int], detail: bytes) -> list[tuple[int, int, bytes, str]]:
    """Return scan, page, fine bits and words of what is near by coarse and fine bits, as PostgreSQL finds it."""
    own, near = dict(zip(OWN, bands, strict=True)), dict(zip(PROBED, map(probes, bands), strict=True))
    with connection.cursor() as cursor:
        cursor.execute(NEAR, {**own, **near, "detail": detail.hex(), "coarse": NEAR_COARSE, "fine": NEAR_FINE})
        return [(scan, page, bytes(found), words) for scan, page, found, words in cursor.fetchall()]


def _counted_here(bands: list[int]) -> Iterator[tuple[int, int, bytes, str]]:
    """Return scan, page, fine bits and words of what is near by the coarse bits."""
    parts = [
        Fingerprint.objects.filter(**{f"{band}__in": probes(value)}).values_list("pk", *BANDS)
        for band, value in zip(BANDS, bands, strict=True)
    ]
    close = [pk for pk, *theirs in parts[0].union(*parts[1:]) if coarse_distance(bands, theirs) <= NEAR_COARSE]
    for start in range(0, len(close), AT_ONCE):
        rows = Fingerprint.objects.filter(pk__in=close[start : start + AT_ONCE])
        for scan, page, detail, words in rows.values_list("scan_id", "page", "detail", "words"):
            yield scan, page, bytes(detail), words


def duplicates_of(claim: Claim) -> dict[int, list[Ground]]:
    """Return by claim why it may be the same as this one: handed in, and not of the same team."""
    found: dict[int, list[Ground]] = defaultdict(list)
    for pk, ground in (*_same_files(claim), *_like_pictures(claim), *_same_marks(claim)):
        known = {(row.kind in {"file", "image"}, row.mine, row.theirs) for row in found[pk]}
        # The same file looks the same as well, and page by page.
        if ground.kind != "image" or (True, ground.mine, ground.theirs) not in known:
            found[pk].append(ground)
    return {pk: found[pk] for pk in _alarming(claim, found)}


def _same_files(claim: Claim) -> Iterator[tuple[int, Ground]]:
    mine = {row.file.sha256: row.pk for row in claim.evidence.kept().select_related("file")}
    others = _foreign(claim).filter(file__sha256__in=list(mine)).order_by("-claim_id")
    for pk, claim_id, digest in others.values_list("pk", "claim_id", "file__sha256")[:MOST]:
        yield claim_id, Ground("file", mine[digest], pk)


def _like_pictures(claim: Claim) -> Iterator[tuple[int, Ground]]:
    mine = dict(claim.evidence.kept().filter(file__scan__isnull=False).values_list("file__scan", "pk"))
    for print_ in Fingerprint.objects.filter(scan__in=list(mine)).order_by("scan_id", "page"):
        near: dict[int, tuple[int, int]] = {}
        for scan, page, distance in similar_pictures(print_)[: 10 * MOST]:
            near.setdefault(scan, (page, distance))
        others = _foreign(claim).filter(file__scan__in=list(near)).order_by("-claim_id")
        for pk, claim_id, scan in others.values_list("pk", "claim_id", "file__scan")[:MOST]:
            page, distance = near[scan]
            yield claim_id, Ground("image", mine[print_.scan_id], pk, "", print_.page, page, distance)


def _same_marks(claim: Claim) -> Iterator[tuple[int, Ground]]:
    for kind, value in claim.marks.values_list("kind", "value"):
        others = ClaimMark.objects.filter(kind=kind, value=value).exclude(claim=claim).order_by("-claim_id")
        for claim_id in others.values_list("claim_id", flat=True)[:MOST]:
            yield claim_id, Ground(kind, value=value)


def _foreign(claim: Claim) -> QuerySet[Evidence]:
    return Evidence.objects.kept().exclude(claim=claim)


def _alarming(claim: Claim, found: Iterable[int]) -> list[int]:
    """Return those that were handed in at all and are not the claim's own team's."""
    others = Claim.objects.filter(pk__in=list(found), follows_lead=False).exclude(pk__in=_team_of(claim))
    handed_in = others.exclude(status=Status.DRAFT).exclude(status=Status.WITHDRAWN, submitted_at=None)
    return list(handed_in.values_list("pk", flat=True))


def _team_of(claim: Claim) -> list[int]:
    teams = Member.objects.filter(Q(claim=claim) | Q(achievement__lead=claim)).values("achievement")
    mates = Member.objects.filter(achievement__in=teams, claim__isnull=False)
    leads = Claim.objects.filter(achievement__in=teams)
    return [*mates.values_list("claim_id", flat=True), *leads.values_list("pk", flat=True)]
