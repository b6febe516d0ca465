"""What a reviewer does with a workbook of decisions: hand out, stage, carry out, put away (X11)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.files import store_content
from portal.points import as_points
from portal.spreadsheets import XLSX
from portal.trail import record
from portal.workflow import NotAllowed, StaleSubject
from review.desk.reviewing import act_of, claims_to_review
from review.models import DecisionSheet, SheetState
from review.roundtrip.comparing import DONE, REFUSED, WILL, WORDS, compare, moved_by
from review.roundtrip.rules import can_review_by_sheet, can_use_sheet
from review.services.deciding import decide_claim
from review.services.imports import BatchMoved

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from credits.models import Claim
    from portal.models import Person
    from portal.wording import Wording

KIND = "decision_sheet"


def stage_sheet(actor: Person, upload: UploadedFile, words: Wording) -> DecisionSheet:
    """Keep a workbook and say row by row what it would do; nothing is decided yet.

    Raises ``NotAllowed``, then ``ValidationError`` by field for a workbook that cannot be read as a whole.
    """
    if not (verdict := can_review_by_sheet(actor)):
        raise NotAllowed(verdict)
    found = compare(actor, upload, words)
    with transaction.atomic():
        stored = store_content(upload, name=upload.name or "review.xlsx", media_type=XLSX, actor=actor)
        sheet = DecisionSheet.objects.create(
            workbook=stored,
            rows=found.rows,
            same=found.same,
            decided=found.count(WILL),
            refused=found.count(REFUSED),
            lines=found.kept(),
            created_by=actor,
        )
        _record("stage", sheet, actor, {**_totals(sheet), "sha256": stored.sha256})
    return sheet


def apply_sheet(sheet: DecisionSheet, actor: Person) -> DecisionSheet:
    """Carry out every row that can be, each by its own verb with its own event; the others say why not.

    All in one transaction, so that a worker that is killed leaves nothing half done. What changed since the preview is
    refused by the verb itself. Raises ``NotAllowed``, then ``BatchMoved`` when it was carried out or put away already.
    """
    if not (verdict := can_use_sheet(actor, sheet)):
        raise NotAllowed(verdict)
    with transaction.atomic():
        row = _lock(sheet)
        acting = [line for line in row.lines if line["outcome"] == WILL]
        claims = claims_to_review(actor).in_bulk([line["claim"] for line in acting])
        # In the order of the claims, so that two workbooks never wait for each other.
        for line in sorted(acting, key=lambda line: line["claim"]):
            _settle(line, actor, claims.get(line["claim"]))
        _name_the_faster(acting)
        row.decided = sum(line["outcome"] == DONE for line in row.lines)
        row.refused = sum(line["outcome"] == REFUSED for line in row.lines)
        row.state, row.applied_at = SheetState.APPLIED, timezone.now()
        row.save()
        _record("apply", row, actor, _totals(row))
    sheet.refresh_from_db()
    return sheet


def discard_sheet(sheet: DecisionSheet, actor: Person) -> None:
    """Put a staged workbook away; it stays in the history. Raises ``NotAllowed``, then ``BatchMoved``."""
    if not (verdict := can_use_sheet(actor, sheet)):
        raise NotAllowed(verdict)
    with transaction.atomic():
        row = _lock(sheet)
        row.state = SheetState.DISCARDED
        row.save(update_fields=["state"])
        _record("discard", row, actor, {})
    sheet.state = row.state


def record_handing_out(actor: Person, label: str, facts: dict[str, Any], key: object = "") -> None:
    """Leave the event of a workbook that was handed out: who took which rows."""
    record("export", actor, kind=KIND, key=key, label=label, changes=({}, facts))


def _settle(line: dict[str, Any], actor: Person, claim: Claim | None) -> None:
    """Carry out one row in a savepoint and write on it what became of it."""
    line["outcome"] = REFUSED
    if claim is None:
        line["why"] = _("没有这条申报，或不在您的审核范围。")
        return
    try:
        with transaction.atomic():
            _decide(line, actor, claim)
    except StaleSubject:
        line["why"], line["keeps"] = _("核对之后，这条申报已有变化。"), WORDS
    except NotAllowed as refused:
        line["why"], line["keeps"] = str(refused.verdict.reason), WORDS
    except ValidationError as error:
        line["why"] = "".join(error.messages)
    else:
        line["outcome"] = DONE


def _decide(line: dict[str, Any], actor: Person, claim: Claim) -> None:
    gives_points = line["verb"] == "approve" and act_of(claim) != "opinion"
    points = as_points(line["points"]) if gives_points else None
    words, revision = line["reason"].strip(), line["revision"]
    decide_claim(claim, actor, line["verb"], words=words, points=points, revision=revision)


def _name_the_faster(lines: list[dict[str, Any]]) -> None:
    moved = [line for line in lines if line["outcome"] == REFUSED and line["keeps"] == WORDS]
    last = moved_by(line["claim"] for line in moved) if moved else {}
    for line in moved:
        line["why"] += last.get(line["claim"], "")


def _lock(sheet: DecisionSheet) -> DecisionSheet:
    row: DecisionSheet = (
        DecisionSheet.objects.select_for_update(of=("self",)).select_related("workbook").get(pk=sheet.pk)
    )
    if row.state != SheetState.PREVIEWED:
        raise BatchMoved
    return row


def _totals(sheet: DecisionSheet) -> dict[str, Any]:
    return {"rows": sheet.rows, "same": sheet.same, "decided": sheet.decided, "refused": sheet.refused}


def _record(verb: str, sheet: DecisionSheet, actor: Person, facts: dict[str, Any]) -> None:
    record(verb, actor, kind=KIND, key=sheet.pk, label=sheet.workbook.name, changes=({}, facts))
