"""The duplicate radar's verbs: look at files, compare a claim with all others, dismiss an alarm, take that back."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from credits.enums import ScanOutcome
from credits.models import Claim, ClaimLook, ClaimMark, DuplicateDismissal, DuplicatePair, FileScan, Fingerprint
from credits.radar.hashing import NEAR_FINE, fine_distance, fingerprint
from credits.radar.marks import marks_of
from credits.radar.pictures import UnreadablePictureError, sights_of
from credits.radar.searching import duplicates_of
from credits.rules import can_dismiss
from portal.enums import Status
from portal.models import StoredFile
from portal.trail import record
from portal.workflow import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from credits.radar.hashing import Print
    from credits.radar.pictures import Sight
    from credits.radar.searching import Ground
    from portal.models import Person
    from portal.verdict import Verdict

logger = logging.getLogger(__name__)
REASON_LENGTH = 300


def scan_file(stored: StoredFile) -> FileScan:
    """Keep the fingerprints of a file's pictures; a file that cannot be read is noted, and never looked at again."""
    known = FileScan.objects.filter(file=stored).first()
    if known is not None:
        return known
    prints: list[tuple[Sight, Print]] = []
    outcome = ScanOutcome.PLAIN
    try:
        for sight in sights_of(stored):
            bits = fingerprint(sight.picture)
            if bits is not None and not _is_known(sight, bits, prints):
                prints.append((sight, bits))
    except UnreadablePictureError as error:
        outcome = ScanOutcome.UNREADABLE
        logger.info("No fingerprint of file %s: %s", stored.pk, error)
    if prints:
        outcome = ScanOutcome.HASHED
    with transaction.atomic():
        scan, is_new = FileScan.objects.get_or_create(file=stored, defaults={"outcome": outcome})
        if is_new:
            Fingerprint.objects.bulk_create(
                Fingerprint(
                    scan=scan,
                    page=sight.page,
                    part=sight.part,
                    words=sight.words,
                    band_1=bits.bands[0],
                    band_2=bits.bands[1],
                    band_3=bits.bands[2],
                    band_4=bits.bands[3],
                    detail=bits.detail,
                )
                for sight, bits in prints
            )
    return scan


def _is_known(sight: Sight, bits: Print, prints: list[tuple[Sight, Print]]) -> bool:
    """Whether a picture is its whole page, which was taken already: a scan."""
    return any(
        other.page == sight.page and fine_distance(bits.detail, known.detail) <= NEAR_FINE // 2
        for other, known in prints
    )


def look_for_duplicates(claim: Claim) -> int:
    """Compare a claim with all others and keep the pairs that look alike; how many there are.

    It may run any number of times: pairs that no longer hold go, and a dismissal ends when there is a new ground.
    """
    for evidence in claim.evidence.kept().select_related("file"):
        scan_file(evidence.file)
    with transaction.atomic():
        # Looks at one claim follow each other; those at two claims of a pair meet on its unique constraint.
        row = (
            Claim.objects.select_for_update(of=("self",)).select_related("scheme_version", "category").get(pk=claim.pk)
        )
        _keep_marks(row)
        found = duplicates_of(row)
        stale = DuplicatePair.objects.filter(Q(first=row) | Q(second=row))
        stale.exclude(first__in=[row.pk, *found], second__in=[row.pk, *found]).delete()
        for pk in sorted(found):
            _keep_pair(row, pk, found[pk])
        ClaimLook.objects.update_or_create(claim=row, defaults={"submitted_at": row.submitted_at})
    return len(found)


def claims_to_look_at() -> QuerySet[Claim]:
    """Return what was handed in or recorded and not compared as it stands; a mate's claim is its lead's."""
    looked = Q(look__submitted_at=F("submitted_at")) | Q(look__isnull=False, submitted_at=None)
    found = Claim.objects.exclude(status__in=[Status.DRAFT, Status.WITHDRAWN]).filter(follows_lead=False)
    return found.exclude(looked)


def look_at_rest(limit: int | None = None) -> Iterator[int]:
    """Look at all claims that wait for it, the oldest first, and return how many pairs each has; can be stopped."""
    waiting = claims_to_look_at().order_by("pk").values_list("pk", flat=True)[:limit]
    for pk in list(waiting):
        yield look_for_duplicates(Claim.objects.get(pk=pk))


def dismiss_pair(pair: DuplicatePair, claim: Claim, actor: Person, *, reason: str) -> None:
    """Judge an alarm to be false for the claim's side, and for the other side where the actor answers for it, too.

    Raises ``NotAllowed``, then ``ValidationError`` keyed ``reason``. Dismissing again what is dismissed does nothing.
    """
    verdict = _allowed(actor, claim)
    words = reason.strip()
    if not words:
        raise ValidationError({"reason": _("请填写排除的理由。")})
    if len(words) > REASON_LENGTH:
        raise ValidationError({"reason": _("理由最多 %(most)s 字。") % {"most": REASON_LENGTH}})
    with transaction.atomic():
        row = DuplicatePair.objects.select_for_update().get(pk=pair.pk)
        if row.dismissals.filter(claim=claim).exists():
            return
        sides = [side.pk for side in _sides(row, claim, actor) if not row.dismissals.filter(claim=side).exists()]
        DuplicateDismissal.objects.bulk_create(
            DuplicateDismissal(pair=row, claim_id=side, reason=words, dismissed_by=actor) for side in sides
        )
        _note("dismiss", row, claim, actor, verdict.role, words)


def restore_pair(pair: DuplicatePair, claim: Claim, actor: Person) -> None:
    """Let a dismissed alarm stand again, on both sides where the actor answers for both; raises ``NotAllowed``."""
    verdict = _allowed(actor, claim)
    with transaction.atomic():
        row = DuplicatePair.objects.select_for_update().get(pk=pair.pk)
        known = row.dismissals.filter(claim=claim).first()
        if known is None:
            return
        row.dismissals.filter(claim__in=_sides(row, claim, actor)).delete()
        _note("undismiss", row, claim, actor, verdict.role, known.reason)


def _allowed(actor: Person, claim: Claim) -> Verdict:
    verdict = can_dismiss(actor, claim)
    if not verdict:
        raise NotAllowed(verdict)
    return verdict


def _sides(pair: DuplicatePair, claim: Claim, actor: Person) -> list[Claim]:
    """Return the claim, and the other one where the person answers for it, too."""
    related = ("scheme", "scheme_version", "category", "round")
    other = Claim.objects.in_reach_of(actor).select_related(*related).filter(pk=pair.other_id(claim)).first()
    return [claim, other] if other is not None and can_dismiss(actor, other) else [claim]


def _keep_marks(claim: Claim) -> None:
    wanted = {(key.kind, key.value) for key in marks_of(claim)}
    if wanted == set(claim.marks.values_list("kind", "value")):
        return
    with transaction.atomic():
        claim.marks.all().delete()
        ClaimMark.objects.bulk_create(ClaimMark(claim=claim, kind=kind, value=value) for kind, value in wanted)


def _keep_pair(claim: Claim, other: int, grounds: list[Ground]) -> None:
    first, second = sorted((claim.pk, other))
    stored = [ground.stored(turned=first != claim.pk) for ground in grounds]
    pair, is_new = DuplicatePair.objects.get_or_create(first_id=first, second_id=second, defaults={"grounds": stored})
    if is_new or _told(pair.grounds) == _told(stored):
        return
    if not _told(stored) <= _told(pair.grounds) and pair.dismissals.exists():
        _note("undismiss", pair, claim, None, "", _("发现了新的依据。"))
        pair.dismissals.all().delete()
    pair.grounds = stored
    pair.save(update_fields=["grounds"])


def _told(grounds: list[dict[str, object]]) -> set[tuple[object, ...]]:
    return {(row["kind"], row["mine"], row["theirs"], row["value"]) for row in grounds}


def _note(verb: str, pair: DuplicatePair, claim: Claim, actor: Person | None, role: str, reason: str) -> None:
    facts = {"claim": claim.pk, "other": pair.other_id(claim), "grounds": sorted({row["kind"] for row in pair.grounds})}
    changes = ({}, facts) if verb == "dismiss" else (facts, {})
    record(verb, actor, kind="duplicate", key=pair.pk, label=claim.content, role=role, reason=reason, changes=changes)
