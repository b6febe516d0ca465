"""Which ticket opened which session, so that the campus can end it and the portal can end the campus's."""

from __future__ import annotations

import logging
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django_cas_ng.models import SessionTicket

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

logger = logging.getLogger(__name__)

TICKET = "_campus_ticket"


def is_from_campus(session: SessionBase) -> bool:
    """Say whether the campus opened the session; without a CAS server there is no way back to it."""
    return bool(settings.CAS_SERVER_URL and session.get(TICKET))


def remember(session: SessionBase, ticket: str) -> None:
    """Note that the ticket opened the session, which gets its key here if it has none."""
    session[TICKET] = ticket
    if session.session_key is None:
        session.save()
    follow(session)


def follow(session: SessionBase) -> None:
    """Note the session's key again after it changed (a new password changes it); nothing for a local session."""
    if ticket := session.get(TICKET):
        SessionTicket.objects.update_or_create(ticket=ticket, defaults={"session_key": session.session_key or ""})


def forget(session: SessionBase) -> None:
    """Drop the note of a session that is about to end here."""
    if ticket := session.get(TICKET):
        SessionTicket.objects.filter(ticket=ticket).delete()


def end(ticket: str) -> int:
    """End the session that the ticket opened, because the campus says so; return how many that were."""
    store: Any = import_module(settings.SESSION_ENGINE).SessionStore
    with transaction.atomic():
        found = list(SessionTicket.objects.filter(ticket=ticket))
        for row in found:
            store(row.session_key).delete()
            row.delete()
    logger.info("The campus ended %s session(s).", len(found))
    return len(found)


def drop_orphans() -> int:
    """Drop the notes of sessions that ended by themselves; return how many that were."""
    living = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=timezone.now())
    return SessionTicket.objects.filter(~Exists(living)).delete()[0]
