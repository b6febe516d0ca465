"""The search: which other claims share a file, a picture or a number with one claim. By indices, never by a scan."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from credits.models import Claim, ClaimMark, Evidence, Fingerprint, Member
from credits.radar.hashing import NEAR_COARSE, NEAR_FINE, coarse_distance, fine_distance, probes
from portal.enums import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet

BANDS = ("band_1", "band_2", "band_3", "band_4")
# A list of winners is attached by everybody on it: past this many, more say nothing new.
MOST = 50
AT_ONCE = 5000


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

    Four index look-ups of 17 values each; of the candidates only those near by the coarse bits are fetched in full.
    """
    bands = [getattr(print_, band) for band in BANDS]
    parts = [
        Fingerprint.objects.filter(**{f"{band}__in": probes(value)}).values_list("pk", *BANDS)
        for band, value in zip(BANDS, bands, strict=True)
    ]
    close = [pk for pk, *theirs in parts[0].union(*parts[1:]) if coarse_distance(bands, theirs) <= NEAR_COARSE]
    found = []
    for start in range(0, len(close), AT_ONCE):
        rows = Fingerprint.objects.filter(pk__in=close[start : start + AT_ONCE]).values_list(
            "scan_id", "page", "detail"
        )
        found += [(scan, page, fine_distance(bytes(print_.detail), bytes(detail))) for scan, page, detail in rows]
    return sorted((row for row in found if row[2] <= NEAR_FINE), key=lambda row: (row[2], -row[0]))


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
