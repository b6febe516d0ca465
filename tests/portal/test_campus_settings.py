"""What the campus sign-in refuses to be configured to, and what a path prefix carries along."""

import pytest

from tests.portal.test_settings import COMPLETE, python

SHOW = "from portal import settings as s; print(s.CAS_SERVER_URL, s.CAS_VERSION, s.CAS_USERNAME_ATTRIBUTE)"


@pytest.mark.parametrize("address", ["https://cas.example.edu/cas", "https://cas.example.edu/cas/"])
def test_the_servers_address_ends_with_a_slash_whoever_wrote_it(address):
    done = python(SHOW, COMPLETE | {"CAS_SERVER_URL": address, "CAS_NUMBER_ATTRIBUTE": "employeeNumber"})
    assert done.stdout == "https://cas.example.edu/cas/ 3 employeeNumber\n", done.stderr


def test_without_an_address_there_is_no_campus():
    assert python(SHOW, COMPLETE).stdout == " 3 cas:user\n"


def test_production_believes_no_server_on_plain_http():
    done = python(SHOW, COMPLETE | {"CAS_SERVER_URL": "http://cas.example.edu/cas/"})
    assert "is not an https address" in done.stderr


def test_a_version_that_has_no_single_logout_is_refused():
    done = python(SHOW, COMPLETE | {"CAS_VERSION": "1"})
    assert "it must be 2 or 3" in done.stderr


@pytest.mark.parametrize("prefix", ["/credits", "/credits/"])
def test_below_a_prefix_a_started_portal_finds_its_style_sheets_and_keeps_its_cookies_there(prefix):
    code = (
        "from django.core.wsgi import get_wsgi_application as start; start()\n"
        "from django.conf import settings as s\n"
        "from django.templatetags.static import static\n"
        "print(static('css/base.css'), s.SESSION_COOKIE_PATH, s.CSRF_COOKIE_PATH)"
    )
    environment = {"DJANGO_SETTINGS_MODULE": "tests.settings", "FORCE_SCRIPT_NAME": prefix}
    assert python(code, environment).stdout == "/credits/static/css/base.css /credits /credits\n"
