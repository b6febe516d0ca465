"""What a student does with a claim: start, save, attach evidence, submit, withdraw, discard, reopen."""

from __future__ import annotations

import hashlib
import json
from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from credits.amending import opened_of
from credits.assessing import assess, forget_judgement, keep_assessment
from credits.completeness import check_complete
from credits.eligibility import achieved_on
from credits.identity import adopt_project
from credits.library import entry_names
from credits.models import Claim, ClaimEvent, Evidence, SchemeVersion, Submission
from credits.places import CONTENT, FACT, POINTS, POINTS_REASON
from credits.rules import can_claim, can_edit, can_submit, can_withdraw
from credits.services.library import renew_entry, take_entry
from credits.services.moving import moving
from credits.stages import following_stage
from credits.tasks import draw_evidence, look_at_claim
from portal.enums import Role, Status
from portal.files import FilePolicy, store_upload
from portal.moments import deciding_moment
from portal.trail import write_event
from portal.workflow import NotAllowed, close, enter_stage, transition

if TYPE_CHECKING:
    from decimal import Decimal

    from django.core.files.uploadedfile import UploadedFile

    from credits.amending import Opened
    from credits.evaluation import Category
    from credits.models import Category as CategoryRow
    from credits.models import LibraryEntry, Round
    from portal.models import Person, Student


@dataclass(frozen=True, slots=True)
class Content:
    """What the student writes; everything else comes from the roster, the round and the scheme."""

    content: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    claimed_points: Decimal | None = None
    points_reason: str = ""
    entry: LibraryEntry | None = None


def version_for(round_: Round, student: Student) -> SchemeVersion:
    """Return the version that judges a claim of the student today; raises ``ValidationError`` when none is in force."""
    version = SchemeVersion.objects.in_force(timezone.localdate(), student.cohort).filter(scheme=round_.scheme).first()
    if version is None:
        raise ValidationError(_("该办法目前没有适用于你年级的版本，请联系教学管理部门。"))
    return version


def blank_claim(round_: Round, category: CategoryRow, student: Student) -> Claim:
    """Return an unsaved draft: what a form shows before anything was typed."""
    return Claim(
        scheme=round_.scheme,
        scheme_version=version_for(round_, student),
        category=category,
        round=round_,
        academic_year=round_.academic_year,
        student=student,
        college=student.college,
        cohort=student.cohort,
    )


def start_claim(round_: Round, category: CategoryRow, actor: Person, content: Content) -> Claim:
    """Open a draft in a round; raises ``NotAllowed`` when the student may not claim this category there now."""
    verdict = can_claim(actor, round_, category)
    if not verdict:
        raise NotAllowed(verdict)
    claim = blank_claim(round_, category, actor.student)
    write(claim, content)
    with transaction.atomic():
        claim.save()
        write_event(
            ClaimEvent,
            "start",
            actor,
            role=Role.STUDENT,
            to_state=claim.status,
            changes=({}, claim.trail_facts()),
            subject=claim,
        )
    return claim


def save_claim(claim: Claim, actor: Person, content: Content, *, revision: int | None) -> Claim:
    """Keep what was typed; the status stays. Nothing new to keep means no event."""
    trial = Claim.objects.select_related("scheme_version", "category", "college").get(pk=claim.pk)
    write(trial, content)
    if trial.trail_facts() == claim.trail_facts() and trial.points_reason == claim.points_reason:
        return claim
    with moving(claim, "save", actor, may=can_edit, revision=revision) as (row, _step):
        opened, before = opened_of(row), copy(row)
        write(row, content)
        require_open(before, row, opened)
    return claim


def require_open(before: Claim, after: Claim, opened: Opened) -> None:
    """Raise ``ValidationError`` by field for what was changed although the return did not ask for it.

    Only the student's own words are compared: what the library says of an entry follows the library.
    """
    if opened.everything:
        return
    asked = [field.name for field in _rules(after).fields if field.asked_of == "student"]
    pairs = [
        (CONTENT, before.content, after.content),
        (POINTS, before.claimed_points, after.claimed_points),
        (POINTS_REASON, before.points_reason, after.points_reason),
        *((FACT + name, before.facts.get(name, ""), after.facts.get(name, "")) for name in asked),
    ]
    locked = [name for name, old, new in pairs if old != new and not opened.has(name)]
    if before.library_entry_id != after.library_entry_id and (names := entry_names(_rules(after))):
        locked += [FACT + names[0]] if not opened.has(FACT + names[0]) else []
    if locked:
        raise ValidationError({name: _("退回时没有要求修改这一项，保留原来的内容。") for name in locked})


def write(claim: Claim, content: Content) -> None:
    """Put the student's words on the claim and let the rules speak: suggestion and trace follow the facts.

    Raises ``ValidationError`` by field for a library entry that may not be chosen.
    """
    claim.content = content.content.strip()
    write_facts(claim, content)
    claim.claimed_points = content.claimed_points
    claim.points_reason = content.points_reason.strip()
    claim.achieved_on = achieved_on(claim)
    keep_assessment(claim)


def write_facts(claim: Claim, content: Content) -> None:
    """Put the facts on the claim that are the student's to state, and those of the chosen entry; raises as ``write``.

    What only reviewers say (a method, a score) never comes from the student's form, nor what the library says.
    """
    rules = _rules(claim)
    asked = {field.name for field in rules.fields if field.asked_of == "student"}
    kept = {name: value for name, value in claim.facts.items() if name not in asked}
    claim.facts = {**kept, **{name: value for name, value in content.facts.items() if name in asked}}
    if rules.library:
        take_entry(claim, content.entry)


def _rules(claim: Claim) -> Category:
    return claim.scheme_version.data.category(claim.category.code)


def file_policy(claim: Claim) -> FilePolicy:
    """Return which files the scheme takes."""
    limits = claim.scheme_version.data.limits
    return FilePolicy(types=limits.file_types, max_bytes=limits.file_bytes)


def attach_evidence(claim: Claim, actor: Person, upload: UploadedFile, *, item: str = "") -> Evidence:
    """Store one file as evidence. Raises ``FileRefused`` for a bad file and ``ValidationError`` for one too many.

    Files need no revision: adding one never overwrites what somebody else did. The same file for the same item again is
    the one that is there.
    """
    known = claim.evidence.kept().filter(item=item, file__sha256=digest_of(upload)).first()
    if known is not None:
        return known
    with transition(claim, "attach", actor, may=can_edit) as (row, step):
        kept = row.evidence.filter(removed_at__isnull=True)
        limit = row.scheme_version.data.limits.files_per_claim
        if not opened_of(row).takes(item):
            raise ValidationError({"files": _("退回时没有要求修改这一项材料，不能上传。")})
        if kept.count() >= limit:
            raise ValidationError({"files": _("最多上传 %(limit)s 个文件，请先移除不需要的文件。") % {"limit": limit}})
        stored = store_upload(upload, actor=actor, policy=file_policy(row))
        last = row.evidence.aggregate(last=Max("position"))["last"] or 0
        evidence = Evidence.objects.create(claim=row, file=stored, item=item, position=last + 1)
        step.after = {"file": stored.name, "sha256": stored.sha256, "evidence": evidence.pk}
        if stored.is_pdf:
            draw_evidence.enqueue(stored.pk)
    return evidence


def digest_of(upload: UploadedFile) -> str:
    """Return the SHA-256 of an upload and leave it at its beginning."""
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


def detach_evidence(evidence: Evidence, actor: Person) -> Claim:
    """Take one file off the claim; the file itself is kept, because an earlier submission may name it.

    Raises ``ValidationError`` for a file of a returned claim that nobody asked to replace.
    """
    claim = evidence.claim
    with transition(claim, "detach", actor, may=can_edit) as (row, step):
        if not opened_of(row).frees(evidence):
            raise ValidationError(
                {"files": _("退回时没有要求修改“%(name)s”，不能移除。") % {"name": evidence.file.name}}
            )
        gone = row.evidence.filter(pk=evidence.pk, removed_at__isnull=True).update(removed_at=timezone.now())
        step.after = {"file": evidence.file.name, "removed": gone}
    return claim


def submit_claim(claim: Claim, actor: Person, *, revision: int | None) -> Submission:
    """Hand the claim in and return the receipt; raises ``ValidationError`` by field for what is missing.

    Draft or returned, it begins at the first stage: whoever returned it sees what was amended.
    """
    with moving(claim, "submit", actor, may=can_submit, revision=revision) as (row, step):
        renew_entry(row)
        check_complete(row, assess(row))
        keep_assessment(row)
        row.project = adopt_project(row)
        first = following_stage(row)
        assert first is not None  # a version without a stage is refused when it is loaded  # noqa: S101 - narrows the type
        now = deciding_moment()
        row.submitted_at, row.decided_at = now, None
        row.receipt_number = row.receipt_number or f"{now:%Y%m%d}-{row.pk:08d}"
        enter_stage(row, first.code)
        submission = _hand_in(row, actor)
        step.after = {"receipt": submission.number, "sha256": submission.sha256}
        look_at_claim.enqueue(row.pk)
    return submission


def _hand_in(row: Claim, actor: Person) -> Submission:
    files = row.evidence.filter(removed_at__isnull=True).select_related("file")
    content = {
        **row.trail_facts(),
        "points_reason": row.points_reason,
        "files": [{"name": e.file.name, "sha256": e.file.sha256, "size": e.file.size, "item": e.item} for e in files],
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return Submission.objects.create(
        claim=row,
        number=row.receipt_number,
        revision=row.revision + 1,
        content=content,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        submitted_at=row.submitted_at or timezone.now(),
        submitted_by=actor,
    )


def withdraw_claim(claim: Claim, actor: Person, *, revision: int | None) -> Claim:
    """Take a pending claim back before anybody has decided finally."""
    with moving(claim, "withdraw", actor, may=can_withdraw, revision=revision) as (row, _step):
        row.recognised_points, row.recognised_reason = None, ""
        forget_judgement(row)
        close(row, Status.WITHDRAWN)
    return claim


def discard_claim(claim: Claim, actor: Person, *, revision: int | None) -> Claim:
    """Put a draft away; it can be opened again."""
    with moving(claim, "discard", actor, may=can_edit, revision=revision) as (row, _step):
        close(row, Status.WITHDRAWN)
    return claim


def reopen_claim(claim: Claim, actor: Person, *, revision: int | None) -> Claim:
    """Make a withdrawn claim a draft again."""
    with moving(claim, "reopen", actor, may=can_edit, revision=revision) as (row, _step):
        row.status, row.decided_at = Status.DRAFT, None
    return claim
