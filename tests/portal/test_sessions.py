"""Sessions end half an hour after the last request, without a write per page."""

import time

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse

from portal.sessions import REFRESH_SECONDS, SEEN, IdleSessionMiddleware

pytestmark = pytest.mark.django_db


def visit(rf, session):
    request = rf.get("/")
    request.session = session
    IdleSessionMiddleware(lambda _request: HttpResponse())(request)
    return request.session


def signed_in(seen):
    session = SessionStore()
    session["_auth_user_id"] = "1"
    session[SEEN] = seen
    session.save()
    return SessionStore(session.session_key)


def test_a_session_seen_within_the_minute_is_not_written(rf):
    assert not visit(rf, signed_in(int(time.time()))).modified


def test_an_older_one_is_extended(rf):
    session = visit(rf, signed_in(int(time.time()) - REFRESH_SECONDS))
    assert session.modified
    assert session[SEEN] == pytest.approx(time.time(), abs=5)


def test_an_anonymous_visitor_gets_no_session(rf):
    assert not visit(rf, SessionStore()).modified


def test_the_session_expires_after_half_an_hour(settings):
    assert settings.SESSION_COOKIE_AGE == 1800
    assert not settings.SESSION_SAVE_EVERY_REQUEST
