"""Keys by which programs read records: made once, kept as a digest, bound to a scheme, ended by a date or by hand."""

from __future__ import annotations

import datetime
import hashlib
import secrets
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from credits.models import Scheme
from credits.rules import can_keep_reader_keys
from portal.models import ReaderKey
from portal.trail import record
from portal.workflow import NotAllowed, StaleRecord

if TYPE_CHECKING:
    from portal.models import Person

KIND = "reader_key"
PREFIX, BYTES, HINT = "crk_", 32, 8
LONGEST_NAME, LONGEST_DAYS = 64, 731
NOTED_EVERY = datetime.timedelta(minutes=1)


def issue_key(actor: Person, scheme: Scheme, *, name: str, expires_on: datetime.date) -> tuple[ReaderKey, str]:
    """Make a key for one program and return it with the secret, which nobody can read again.

    Raises ``NotAllowed``, then ``ValidationError`` by field: a key has a purpose and ends, within two years.
    """
    verdict = can_keep_reader_keys(actor, scheme)
    if not verdict:
        raise NotAllowed(verdict)
    _check(name, expires_on)
    secret = PREFIX + secrets.token_urlsafe(BYTES)
    with transaction.atomic():
        row = ReaderKey.objects.create(
            name=name.strip(),
            scheme_code=scheme.code,
            sha256=digest_of(secret),
            hint=secret[:HINT],
            expires_on=expires_on,
            created_by=actor,
        )
        facts = {"scheme": scheme.code, "hint": row.hint, "expires_on": expires_on.isoformat()}
        record(
            "issue",
            actor,
            kind=KIND,
            key=row.pk,
            label=row.name,
            role=verdict.role,
            scheme=scheme.code,
            changes=({}, facts),
        )
    return row, secret


def revoke_key(row: ReaderKey, actor: Person) -> ReaderKey:
    """End a key at once. Raises ``NotAllowed``, ``StaleRecord`` for one that somebody has ended already."""
    verdict = can_keep_reader_keys(actor, Scheme.objects.get(code=row.scheme_code))
    if not verdict:
        raise NotAllowed(verdict)
    with transaction.atomic():
        held = ReaderKey.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if held.revoked_at is not None:
            raise StaleRecord(KIND, held.pk)
        held.revoked_at = timezone.now()
        held.save(update_fields=["revoked_at"])
        record("revoke", actor, kind=KIND, key=held.pk, label=held.name, role=verdict.role, scheme=held.scheme_code)
    return held


def key_of(secret: str) -> ReaderKey | None:
    """Return the key that a program shows, while it holds; None for any other text. One query."""
    row = ReaderKey.objects.filter(sha256=digest_of(secret), revoked_at__isnull=True).first()
    return row if row is not None and timezone.localdate() <= row.expires_on else None


def note_use(row: ReaderKey) -> None:
    """Remember that the key was used, at most once a minute: reading much must not write much."""
    now = timezone.now()
    if row.used_at is None or row.used_at <= now - NOTED_EVERY:
        stale = Q(used_at__isnull=True) | Q(used_at__lte=now - NOTED_EVERY)
        ReaderKey.objects.filter(stale, pk=row.pk).update(used_at=now)


def digest_of(secret: str) -> str:
    """Return what is kept of a secret; 256 random bits need no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _check(name: str, expires_on: datetime.date) -> None:
    problems = {}
    if not name.strip():
        problems["name"] = _("请写明用途，例如 奖学金评定系统。")
    elif len(name.strip()) > LONGEST_NAME:
        problems["name"] = _("用途最多 %(most)s 字。") % {"most": LONGEST_NAME}
    today = timezone.localdate()
    if expires_on < today:
        problems["expires_on"] = _("有效期不能早于今天。")
    elif expires_on > today + datetime.timedelta(days=LONGEST_DAYS):
        problems["expires_on"] = _("有效期最长两年，到期后重新发放。")
    if problems:
        raise ValidationError(problems)
