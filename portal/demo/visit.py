"""A visit to a running demo: the sign-in page, then the home page of every account it offers."""

import http.cookiejar
import urllib.error
import urllib.request
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

from django.conf import settings
from django.urls import reverse


class VisitError(Exception):
    """A page was not as it should be; the text says which and how."""


class EntryReader(HTMLParser):
    """Collects what the buttons of one form send: the accounts that a page offers at one click."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action = action
        self.inside = False
        self.hidden: dict[str, str] = {}
        self.buttons: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a hidden field or a button of the form."""
        facts = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = urlsplit(facts.get("action", "")).path == self.action
        elif self.inside and tag == "input" and facts.get("type") == "hidden":
            self.hidden[facts.get("name", "")] = facts.get("value", "")
        elif self.inside and tag == "button" and facts.get("name"):
            self.buttons.append((facts["name"], facts.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        """Note the form's end."""
        if tag == "form":
            self.inside = False


def entries_of(page: str, action: str) -> list[dict[str, str]]:
    """Return what each button of the form with this action sends."""
    reader = EntryReader(action)
    reader.feed(page)
    return [{**reader.hidden, name: value} for name, value in reader.buttons]


class Visitor:
    """A browser of few words: keeps cookies, follows redirects, says what is wrong."""

    def __init__(self, address: str) -> None:
        self.address = address
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(cookies)

    def ask(self, path: str, data: dict[str, str] | None = None) -> tuple[str, str]:
        """Return the final address and the text of a page; raise VisitError unless it is a good one."""
        url = urljoin(f"{self.address}/", path)
        body = urlencode(data).encode() if data is not None else None
        request = urllib.request.Request(url, body, headers={"Referer": url})  # noqa: S310 - our own http address
        try:
            with self.opener.open(request, timeout=30) as answer:
                return answer.url, answer.read().decode()
        except urllib.error.HTTPError as problem:
            raise VisitError(f"{url} answers {problem.code}.") from problem
        except OSError as problem:
            raise VisitError(f"{url} does not answer: {problem}.") from problem


def enter(address: str, index: int) -> str:
    """Sign in by one of the accounts on offer and say where that led; raise VisitError if nowhere."""
    visitor = Visitor(address)  # with its own session and token
    entrance, target = reverse(settings.LOGIN_URL), reverse("signin_demo")
    fields = entries_of(visitor.ask(entrance)[1], target)[index]
    home, _text = visitor.ask(target, fields)
    who = fields["number"]
    if urlsplit(home).path == entrance:
        raise VisitError(f"Signing in as {who} leads back to the sign-in page.")
    return f"{who}: {home}"


def visit(address: str) -> list[str]:
    """Sign in by every account on offer; return the home page that each one reached, or raise VisitError."""
    _url, page = Visitor(address).ask(reverse(settings.LOGIN_URL))
    offered = entries_of(page, reverse("signin_demo"))
    if not offered:
        raise VisitError("The sign-in page offers no demo account.")
    return [enter(address, index) for index in range(len(offered))]
