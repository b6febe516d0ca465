"""The parts of the frame that are alike on many pages, rendered once per process and kept.

Through Django's templates the bar and the head cost more than the rest of a lean page. What differs between two
requests, the CSRF token and the bell, is put into the kept text.
"""

from __future__ import annotations

import secrets
from functools import lru_cache
from typing import TYPE_CHECKING

from django.db import connections, router
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from django.contrib.auth.models import AnonymousUser

    from portal.models import Person

# Drawn at start: no name that a person has can contain it.
TOKEN_PLACE = f"token-{secrets.token_hex(16)}"
BELL_PLACE = f"bell-{secrets.token_hex(16)}"
KEPT = 1024


@lru_cache(maxsize=KEPT)
def kept_part(template: str, facts: tuple[tuple[str, object], ...]) -> SafeString:
    """Return the template rendered with nothing but the facts, which therefore are the cache's key."""
    context = {**dict(facts), "csrf_token": TOKEN_PLACE, "bell": BELL_PLACE}
    return mark_safe(render_to_string(template, context))  # noqa: S308 - our own template


class KeptTexts:
    """Parts of pages by what they depend on, each drawn once per process; too many are drawn anew."""

    def __init__(self, most: int = KEPT) -> None:
        self.most = most
        self.texts: dict[Hashable, SafeString] = {}

    def text(self, key: Hashable, draw: Callable[[], SafeString]) -> SafeString:
        """Return the text for the key, drawn when nobody has asked for it yet."""
        found = self.texts.get(key)
        if found is None:
            if len(self.texts) >= self.most:
                self.texts.clear()
            found = self.texts[key] = draw()
        return found


def fill(part: SafeString, *, token: str, bell: str) -> SafeString:
    """Put a request's own token and bell into a kept part."""
    return mark_safe(part.replace(TOKEN_PLACE, token).replace(BELL_PLACE, bell))  # noqa: S308 - both are ours


def unread_notices(person: Person | AnonymousUser, cap: int) -> int:
    """Count the notices that wait, up to the cap.

    The statement is built once: on every page, Django takes five times longer to build it than the database to run it.
    """
    from portal.models import Notice  # noqa: PLC0415 - models are ready only after this module is imported

    alias = router.db_for_read(Notice)
    with connections[alias].cursor() as cursor:
        now = connections[alias].ops.adapt_datetimefield_value(timezone.now())
        cursor.execute(_unread_statement(alias), [person.pk, now, cap])
        return int(cursor.fetchone()[0])


@lru_cache(maxsize=4)
def _unread_statement(alias: str) -> str:
    from portal.models import Notice  # noqa: PLC0415 - as above

    quote = connections[alias].ops.quote_name
    table, person, read = (quote(name) for name in (Notice._meta.db_table, "person_id", "read_at"))
    left = f"({quote('leaves_at')} IS NULL OR {quote('leaves_at')} <= %s)"
    inner = f"SELECT 1 FROM {table} WHERE {person} = %s AND {read} IS NULL AND {left} LIMIT %s"  # noqa: S608 - names of ours, quoted
    return f"SELECT count(*) FROM ({inner}) AS waiting"  # noqa: S608 - as above
