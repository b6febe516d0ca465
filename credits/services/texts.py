"""What the office does with the texts of notices: word one, or go back to the portal's own words."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from credits.models import NoticeText, Scheme
from credits.rules import can_keep_rounds
from credits.texts import forget_texts, stored
from portal.enums import Role
from portal.trail import record
from portal.workflow import NotAllowed

if TYPE_CHECKING:
    from credits.texts import TextKind
    from portal.models import Person

KIND = "notice_text"
LONGEST_TITLE = 120
LONGEST_TEXT = 2000


def checked(kind: TextKind, title: str, text: str) -> tuple[str, str]:
    """Return both as they are stored; raises ``ValidationError`` by field for what they may not hold."""
    title, wrong_title = stored(kind, " ".join(title.split()))
    text, wrong_text = stored(kind, text.strip().replace("\r\n", "\n"))
    problems = {}
    if not title or wrong_title:
        problems["title"] = wrong_title or _("请填写标题。")
    elif len(title) > LONGEST_TITLE:
        problems["title"] = _("标题最多 %(most)s 字。") % {"most": LONGEST_TITLE}
    if wrong_text:
        problems["text"] = wrong_text
    elif len(text) > LONGEST_TEXT:
        problems["text"] = _("内容最多 %(most)s 字。") % {"most": LONGEST_TEXT}
    if problems:
        raise ValidationError(problems)
    return title, text


def word_text(scheme: Scheme, kind: TextKind, actor: Person, *, title: str, text: str) -> bool:
    """Put the office's words in the place of the portal's; whether anything changed.

    Raises ``NotAllowed``, then ``ValidationError`` by field. What was sent already stays as it was.
    """
    _allow(actor, scheme)
    title, text = checked(kind, title, text)
    with transaction.atomic():
        Scheme.objects.select_for_update(of=("self",)).get(pk=scheme.pk)
        before = _present(scheme, kind)
        if before == {"title": title, "text": text}:
            return False
        NoticeText.objects.update_or_create(scheme=scheme, code=kind.code, defaults={"title": title, "text": text})
        _record("change", scheme, kind, actor, before)
        _forget(scheme)
    return True


def reset_text(scheme: Scheme, kind: TextKind, actor: Person) -> bool:
    """Go back to the portal's own words; whether there were others. Raises ``NotAllowed``."""
    _allow(actor, scheme)
    with transaction.atomic():
        Scheme.objects.select_for_update(of=("self",)).get(pk=scheme.pk)
        before = _present(scheme, kind)
        found, _kinds = NoticeText.objects.filter(scheme=scheme, code=kind.code).delete()
        if found:
            _record("restore", scheme, kind, actor, before)
        _forget(scheme)
    return bool(found)


def _forget(scheme: Scheme) -> None:
    """Drop what is kept, now and once more when all is stored: others may have read the old words in between."""
    forget_texts(scheme.pk)
    transaction.on_commit(partial(forget_texts, scheme.pk))


def _present(scheme: Scheme, kind: TextKind) -> dict[str, str]:
    """Return what holds now, read under the scheme's lock."""
    row = NoticeText.objects.filter(scheme=scheme, code=kind.code).first()
    return {"title": row.title, "text": row.text} if row else {"title": str(kind.title), "text": str(kind.text)}


def _record(verb: str, scheme: Scheme, kind: TextKind, actor: Person, before: dict[str, str]) -> None:
    record(
        verb,
        actor,
        kind=KIND,
        key=f"{scheme.code}:{kind.code}",
        label=str(kind.label),
        role=Role.OFFICE,
        scheme=scheme.code,
        changes=(before, _present(scheme, kind)),
    )


def _allow(actor: Person, scheme: Scheme) -> None:
    verdict = can_keep_rounds(actor, scheme)
    if not verdict:
        raise NotAllowed(verdict)
