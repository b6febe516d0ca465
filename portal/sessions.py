"""Sessions that end after a time without requests."""

import time
from collections.abc import Callable

from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse

from portal.campus.sessions import drop_orphans

REFRESH_SECONDS = 60
SEEN = "_seen"


class IdleSessionMiddleware:
    """Extend an active session at most once a minute, so that idle ones expire and pages stay free of writes.

    The session lives for SESSION_COOKIE_AGE after it was last saved; saving it on every request would cost
    each page one UPDATE.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Note the time in a session that is about to become older than a minute."""
        # The user is lazy: asking the session itself costs anonymous visitors nothing.
        if "_auth_user_id" in request.session:
            now = int(time.time())
            if now - request.session.get(SEEN, 0) >= REFRESH_SECONDS:
                request.session[SEEN] = now
        return self.get_response(request)


def tidy_sessions() -> None:
    """Remove sessions that ended by themselves, and what was noted about them."""
    SessionStore.clear_expired()
    drop_orphans()
