"""The last return on the page of a claim that came back: what was flagged, and what has become of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from credits.enums import FlagKind
from credits.places import FILES, OTHER, TEAM, is_proof
from credits.services.returning import place_words, why_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from credits.models import Claim, ClaimEvent, Evidence, ReturnFlag, Submission
    from review.desk.differences import Change

# By itself, or with its batch.
TAKEN_BACK = frozenset({"undo", "take_back"})


@dataclass(frozen=True, slots=True)
class FlaggedRow:
    """One flag with its answer: what stood there and what stands there now; neither when nothing was changed."""

    label: str
    why: str
    before: str = ""
    after: str = ""
    changed: bool = False


def last_return_of(events: Sequence[ClaimEvent]) -> ClaimEvent | None:
    """Return the last return that was not taken back."""
    following = ""
    for event in reversed(events):
        if event.verb == "return" and following not in TAKEN_BACK:
            return event
        following = event.verb
    return None


def submission_before(submissions: Sequence[Submission], returned: ClaimEvent | None) -> Submission | None:
    """Return what the present handing-in is compared with: what was returned last, else the one before it."""
    if len(submissions) < 2:  # noqa: PLR2004 - nothing to compare
        return None
    earlier = submissions[1:]
    return next((one for one in earlier if returned is not None and one.submitted_at <= returned.at), earlier[0])


def flagged_rows(
    claim: Claim, returned: ClaimEvent | None, changes: Sequence[Change], events: Sequence[ClaimEvent]
) -> list[FlaggedRow]:
    """Return the flags of the last return beside what the student made of them; two queries at most."""
    flags = list(returned.flags.select_related("evidence__file")) if returned is not None else []
    if returned is None or not flags:
        return []
    proofs = any(flag.kind == FlagKind.FILE or is_proof(flag.field) for flag in flags)
    files = list(claim.evidence.select_related("file")) if proofs else []
    by_place = {change.place: change for change in changes}
    renamed = any(event.verb == "team" and event.pk > returned.pk for event in events)
    return [_row(claim, flag, returned, by_place, files, renamed=renamed) for flag in flags]


def _row(
    claim: Claim,
    flag: ReturnFlag,
    returned: ClaimEvent,
    changes: dict[str, Change],
    files: list[Evidence],
    *,
    renamed: bool,
) -> FlaggedRow:
    file = flag.evidence.file.name if flag.evidence is not None else ""
    label = place_words(claim, flag.field, file, flag.page)
    why = why_words(claim.scheme_version.data, flag.code, flag.words)
    if flag.kind == FlagKind.WHOLE or (flag.field == TEAM and renamed):
        return FlaggedRow(label, why, changed=bool(changes) or renamed)
    if flag.evidence is not None or is_proof(flag.field):
        gone, come = _files(flag, returned, files)
        return FlaggedRow(label, why, gone, come, changed=bool(gone or come))
    change = changes.get(flag.field)
    return FlaggedRow(label, why, change.before, change.after, changed=True) if change else FlaggedRow(label, why)


def _files(flag: ReturnFlag, returned: ClaimEvent, files: list[Evidence]) -> tuple[str, str]:
    """Return which files of the flagged proof were taken away and which were added since the return."""
    item = flag.evidence.item or OTHER if flag.evidence is not None else flag.field.removeprefix(FILES)
    mine = [row for row in files if (row.item or OTHER) == item]
    gone = [
        row
        for row in mine
        if row.removed_at is not None
        and row.file.uploaded_at <= returned.at < row.removed_at
        and (flag.evidence is None or row.pk == flag.evidence_id)
    ]
    come = [row for row in mine if row.removed_at is None and row.file.uploaded_at > returned.at]
    return "、".join(row.file.name for row in gone), "、".join(row.file.name for row in come)
