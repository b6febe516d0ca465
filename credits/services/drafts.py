"""What the office does with a draft of a regulation: start, save, discard, publish it as a version."""

from __future__ import annotations

import datetime
import hashlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from credits.drafting import FILE, LONGEST_LABEL, MOST_CHARACTERS, label_in, plain_text, read_draft
from credits.enums import DraftState
from credits.evaluation import PackError
from credits.evaluation.pack.editing import NoPlace, Value, with_scheme_facts
from credits.models import SchemeDraft
from credits.rules import can_keep_drafts
from credits.services.schemes import ExamplesFail, load_version
from portal.enums import Role
from portal.trail import record
from portal.workflow import NotAllowed, StaleRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

    from credits.models import Scheme, SchemeVersion
    from portal.models import Person

KIND = "draft"


@dataclass(frozen=True, slots=True)
class Publication:
    """How a draft comes into force: under which label, from which day, for which cohorts (None: no limit)."""

    label: str
    effective_from: datetime.date
    cohort_from: int | None = None
    cohort_to: int | None = None


def start_draft(scheme: Scheme, actor: Person, *, source: str, note: str = "", label: str = "") -> SchemeDraft:
    """Begin a draft with a text, which may still be full of errors; ``label`` is written into it when it is given.

    Raises ``NotAllowed``, then ``ValidationError`` for a text that is empty or much too long.
    """
    _allow(actor, scheme)
    text = _checked(source)
    if label.strip():
        text = _relabelled(text, label.strip())
    with transaction.atomic():
        draft = SchemeDraft.objects.create(
            scheme=scheme, label=label_in(text) or _("未命名"), source=text, note=note.strip(), created_by=actor
        )
        _record("start", draft, actor, {})
    return draft


def save_draft(
    draft: SchemeDraft, actor: Person, *, source: str, note: str | None = None, revision: int | None
) -> SchemeDraft:
    """Keep what was typed, right or wrong. Nothing new to keep means no event.

    Raises ``NotAllowed``, then ``StaleRecord`` when somebody else was faster or the draft is closed.
    """
    text = _checked(source)
    with held_draft(draft, actor, revision) as row:
        kept = row.note if note is None else note.strip()
        if (row.source, row.note) != (text, kept):
            before = _facts(row)
            row.note = kept
            write_source(row, text)
            _record("save", row, actor, before)
    return row


def discard_draft(draft: SchemeDraft, actor: Person, *, revision: int | None) -> SchemeDraft:
    """Put a draft away; it can still be read. Raises as ``save_draft``."""
    with held_draft(draft, actor, revision) as row:
        before = _facts(row)
        row.state = DraftState.DISCARDED
        row.revision += 1
        row.save(update_fields=["state", "revision", "changed_at"])
        _record("discard", row, actor, before)
    return row


def publish_draft(draft: SchemeDraft, actor: Person, plan: Publication, *, revision: int | None) -> SchemeVersion:
    """Make the draft a version: label, day and cohorts are written into its text, so the stored pack says them.

    Raises as ``save_draft``, then ``ValidationError`` by field (the label is taken, the day is before the newest
    version's), then ``PackError`` and ``ExamplesFail``: a version whose examples fail cannot be published.
    """
    with held_draft(draft, actor, revision) as row:
        _check_plan(row, plan)
        _ready(row.source, row.scheme.code)  # so that its lines are those of the page
        text = published_text(row.source, plan)
        _ready(text, row.scheme.code)
        before = _facts(row)
        version, _is_new = load_version(text, FILE, actor)
        row.version, row.state = version, DraftState.PUBLISHED
        write_source(row, text)
        _record("publish", row, actor, before)
    return version


def published_text(source: str, plan: Publication) -> str:
    """Write label, day and cohorts into a text; raises ``ValidationError`` when it cannot be read at all."""
    facts: dict[str, Value | None] = {
        "label": plan.label,
        "effective_from": plan.effective_from,
        "cohort_from": plan.cohort_from,
        "cohort_to": plan.cohort_to,
    }
    try:
        return with_scheme_facts(source, facts)
    except NoPlace as problem:
        raise ValidationError(str(problem)) from problem


@contextmanager
def held_draft(draft: SchemeDraft, actor: Person, revision: int | None) -> Iterator[SchemeDraft]:
    """Hold an open draft's row for a verb; ``revision`` is the one the person saw.

    Raises ``NotAllowed``, then ``StaleRecord``.
    """
    _allow(actor, draft.scheme)
    with transaction.atomic():
        row = SchemeDraft.objects.select_for_update(of=("self",)).select_related("scheme").get(pk=draft.pk)
        if not row.is_open or (revision is not None and row.revision != revision):
            raise StaleRecord(KIND, row.pk)
        yield row


def write_source(row: SchemeDraft, text: str) -> None:
    """Put a text into a held draft, and count."""
    row.source, row.label = text, label_in(text) or row.label
    row.revision += 1
    row.save()


def _ready(text: str, scheme_code: str) -> None:
    reading = read_draft(text, scheme_code)
    if reading.problems:
        raise PackError(list(reading.problems))
    if reading.failed:
        raise ExamplesFail(reading.failed)


def _checked(source: str) -> str:
    text = plain_text(source)
    if not text.strip():
        raise ValidationError({"source": _("办法文本是空的。")})
    if len(text) > MOST_CHARACTERS:
        raise ValidationError({"source": _("办法文本过长。")})
    return text


def _relabelled(text: str, label: str) -> str:
    try:
        return with_scheme_facts(text, {"label": label})
    except NoPlace as problem:
        raise ValidationError({"label": str(problem)}) from problem


def _check_plan(draft: SchemeDraft, plan: Publication) -> None:
    problems: dict[str, str] = {}
    versions = draft.scheme.versions
    if not plan.label.strip() or len(plan.label) > LONGEST_LABEL:
        problems["label"] = _("请填写版本名称，不超过 %(most)s 个字。") % {"most": LONGEST_LABEL}
    elif versions.filter(label=plan.label).exists():
        problems["label"] = _("已有“%(label)s”版，版本一经发布不能改动，请换一个名称。") % {"label": plan.label}
    newest = versions.order_by("-effective_from", "-pk").first()
    if newest is not None and plan.effective_from < newest.effective_from:
        values = {"label": newest.label, "day": f"{newest.effective_from:%Y-%m-%d}"}
        problems["effective_from"] = _("“%(label)s”版自 %(day)s 起施行，新版本不能早于这一天。") % values
    if plan.cohort_from is not None and plan.cohort_to is not None and plan.cohort_from > plan.cohort_to:
        problems["cohort_to"] = _("适用年级的止不能早于起。")
    if problems:
        raise ValidationError(problems)


def _facts(draft: SchemeDraft) -> dict[str, Any]:
    """Freeze a draft for its events: the text by its digest, it is too long for the trail."""
    return {
        "label": draft.label,
        "note": draft.note,
        "state": draft.state,
        "sha256": hashlib.sha256(draft.source.encode()).hexdigest(),
        "version": draft.version_id,
    }


def _allow(actor: Person, scheme: Scheme) -> None:
    verdict = can_keep_drafts(actor, scheme)
    if not verdict:
        raise NotAllowed(verdict)


def _record(verb: str, draft: SchemeDraft, actor: Person, before: dict[str, Any]) -> None:
    label, changes = str(draft), (before, _facts(draft))
    record(
        verb, actor, kind=KIND, key=draft.pk, label=label, role=Role.OFFICE, scheme=draft.scheme.code, changes=changes
    )
