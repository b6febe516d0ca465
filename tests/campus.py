"""Fixtures of the campus sign-in: a real CAS server, and somebody who signs in there."""

import html
import re
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.contrib.auth import get_user

from tests.casd import PASSWORD

ROOT = Path(__file__).parents[1]
PYTHON = ROOT / ".venv-cas" / "bin" / "python"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?')


class CampusBrowser(requests.Session):
    """A browser at the CAS server: keeps its cookies, follows nothing."""

    def give_ticket(self, login, account=""):
        """Sign in at the server's page, or be known there already, and return where it sends the browser."""
        page = self.get(login, allow_redirects=False)
        if page.status_code == 200:
            form = {name: html.unescape(value) for name, value in HIDDEN.findall(page.text)}
            form |= {"username": account, "password": PASSWORD}
            page = self.post(login, form, allow_redirects=False)
        assert page.status_code == 302, page.text
        return page.headers["Location"]


@pytest.fixture(scope="session")
def cas_server():
    """Give the address of a CAS server, which ends with this process, however that ends."""
    assert PYTHON.exists(), "The CAS server's environment is missing: ./run setup makes it."
    command = [PYTHON, ROOT / "tests" / "casd.py"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        address = server.stdout.readline().strip()
        assert address, "The CAS server did not start; it says why above."
        yield address
        server.stdin.close()


@pytest.fixture
def campus(cas_server, settings, monkeypatch):
    """Switch the campus sign-in on and give a browser at its server."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    settings.CAS_SERVER_URL = cas_server
    with CampusBrowser() as browser:
        yield browser


@pytest.fixture
def come_back(campus, client):
    """Give a function that goes through the campus sign-in with an account and returns the portal's answer."""

    def come_back(account="", *, next="", browser=client):  # noqa: A002 - the parameter's name
        out = browser.get("/signin/campus/", {"next": next} if next else {})
        assert out.status_code == 302
        return browser.get(path_of(campus.give_ticket(out["Location"], account)))

    return come_back


def path_of(address):
    """Return an address without its host, as Django's client wants it."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def query_of(address):
    """Return what an address asks for, one text per name."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def who(client):
    """Return the number of whoever is signed in, or nothing."""
    return getattr(get_user(client), "number", "")


def logout_request(ticket):
    """Return what a CAS server sends when somebody signed out there."""
    return (
        '<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="1" Version="2.0">'
        '<saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">@NOT_USED@</saml:NameID>'
        f"<samlp:SessionIndex>{ticket}</samlp:SessionIndex></samlp:LogoutRequest>"
    )
