"""What production refuses to start without."""

import os
import subprocess
import sys

import pytest

COMPLETE = {
    "PORTAL_MODE": "production",
    "SECRET_KEY": "an invented key of more than fifty characters, for tests",
    "ALLOWED_HOSTS": "portal.example.edu",
    "DATABASE_URL": "postgres://portal@127.0.0.1/portal",
    "DATA_DIR": "/nonexistent/credit-portal",
}


def python(code, environment):
    """Run code in a fresh interpreter that knows nothing of this one's environment."""
    surroundings = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", code],
        env=surroundings | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_complete_production_starts_and_is_strict():
    done = python(
        "from portal import settings as s; print(s.DEBUG, s.DEMO, s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE)",
        COMPLETE,
    )
    assert done.stdout == "False False True True\n", done.stderr


def test_production_is_the_default():
    done = python("import portal.settings", {name: COMPLETE[name] for name in COMPLETE if name != "PORTAL_MODE"})
    assert done.returncode == 0, done.stderr
    assert "Production needs it" in python("import portal.settings", {}).stderr


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "DATA_DIR"])
def test_production_refuses_to_start_without(name):
    environment = {key: text for key, text in COMPLETE.items() if key != name}
    done = python("import portal.settings", environment)
    assert done.returncode != 0
    assert f"{name} is not set. Production needs it" in done.stderr


def test_production_refuses_sqlite():
    done = python("import portal.settings", COMPLETE | {"DATABASE_URL": "sqlite:////tmp/x.sqlite3"})
    assert "is not a PostgreSQL address" in done.stderr


def test_an_unknown_mode_is_refused():
    done = python("import portal.settings", COMPLETE | {"PORTAL_MODE": "staging"})
    assert "it must be production, demo or test" in done.stderr


def test_production_never_shows_tracebacks():
    done = python("from portal import settings as s; print(s.DEBUG)", COMPLETE | {"PORTAL_DEBUG": "1"})
    assert done.stdout == "False\n"


def test_djangos_own_check_of_a_deployment_is_clean():
    code = (
        "from django.core.management import execute_from_command_line as run\n"
        "run(['manage.py', 'check', '--deploy', '--fail-level', 'WARNING'])"
    )
    done = python(code, COMPLETE | {"DJANGO_SETTINGS_MODULE": "portal.settings"})
    assert done.returncode == 0, done.stderr


def test_two_demos_have_different_keys(tmp_path):
    code = "from portal import settings as s; print(s.SECRET_KEY)"
    keys = [python(code, {"PORTAL_MODE": "demo", "DATA_DIR": str(tmp_path / name)}).stdout for name in "aab"]
    assert keys[0] == keys[1] != keys[2]
    assert (tmp_path / "a" / "secret-key").stat().st_mode & 0o077 == 0
