from django.db import connections

from portal import checks


def test_psycopg_3_is_refused(monkeypatch):
    monkeypatch.setattr(checks, "uses_psycopg3", lambda: True)
    monkeypatch.setattr(connections["default"], "vendor", "postgresql")
    assert [error.id for error in checks.check_driver(None, ["default"])] == ["portal.E001"]


def test_psycopg2_is_accepted(monkeypatch):
    monkeypatch.setattr(checks, "uses_psycopg3", lambda: False)
    monkeypatch.setattr(connections["default"], "vendor", "postgresql")
    assert checks.check_driver(None, ["default"]) == []
