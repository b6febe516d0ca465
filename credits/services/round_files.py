"""The attachments of a round's notice (附件): put on and taken off by the office, read by everybody once published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from credits.models import Round, RoundFile
from credits.rules import can_keep_rounds
from credits.services.claims import digest_of
from portal.enums import Role
from portal.files import FilePolicy, discard, store_upload
from portal.files.policy import MEGABYTE, NOTICE_TYPES
from portal.trail import record
from portal.workflow import NotAllowed

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from credits.models import Scheme
    from portal.models import Person, StoredFile

MOST_FILES = 10
POLICY = FilePolicy(types=NOTICE_TYPES, max_bytes=20 * MEGABYTE)


def attach_file(round_: Round, actor: Person, upload: UploadedFile) -> RoundFile:
    """Put one file on the round's notice; the same file again is the one that is there.

    Raises ``NotAllowed``, then ``ValidationError`` for one too many, then ``FileRefused`` for a bad file.
    """
    _allow(actor, round_.scheme)
    with transaction.atomic():
        row = Round.objects.select_for_update(of=("self",)).get(pk=round_.pk)
        known = row.files.filter(file__sha256=digest_of(upload)).first()
        if known is not None:
            return known
        if row.files.count() >= MOST_FILES:
            raise ValidationError({"file": _("最多 %(most)s 个附件，请先移除不需要的。") % {"most": MOST_FILES}})
        stored = store_upload(upload, actor=actor, policy=POLICY)
        last = row.files.aggregate(last=Max("position"))["last"] or 0
        attached = RoundFile.objects.create(round=row, file=stored, position=last + 1)
        _record("attach", row, actor, ({}, _facts(stored)))
    return attached


def remove_file(attached: RoundFile, actor: Person) -> None:
    """Take one file off the notice and let it go; removing what is gone already does nothing."""
    _allow(actor, attached.round.scheme)
    with transaction.atomic():
        row = Round.objects.select_for_update(of=("self",)).get(pk=attached.round_id)
        found = row.files.select_related("file").filter(pk=attached.pk).first()
        if found is None:
            return
        stored = found.file
        found.delete()
        _record("detach", row, actor, (_facts(stored), {}))
        discard(stored)


def _facts(stored: StoredFile) -> dict[str, str]:
    return {"file": stored.name, "sha256": stored.sha256}


def _allow(actor: Person, scheme: Scheme) -> None:
    verdict = can_keep_rounds(actor, scheme)
    if not verdict:
        raise NotAllowed(verdict)


def _record(verb: str, round_: Round, actor: Person, changes: tuple[dict[str, str], dict[str, str]]) -> None:
    record(
        verb,
        actor,
        kind="round",
        key=round_.pk,
        label=round_.name,
        role=Role.OFFICE,
        scheme=round_.scheme.code,
        changes=changes,
    )
