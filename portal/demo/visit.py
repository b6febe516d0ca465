"""A visit to a running demo: the sign-in page, then the home page of every account it offers."""

import http.cookiejar
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

from django.conf import settings
from django.urls import reverse

# Fields of a form that say nothing about the account.
PLUMBING = {"csrfmiddlewaretoken", "next"}


class VisitError(Exception):
    """A page was not as it should be; the text says which and how."""


@dataclass
class Form:
    """A form of a page: where it goes, what it carries, and the buttons that send something of their own."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    asks: bool = False
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def one_click_entries(self) -> list[dict[str, str]]:
        """Return what each button sends, if the form asks the visitor for nothing."""
        if self.method != "post" or self.asks:
            return []
        named = [{**self.fields, name: value} for name, value in self.buttons if name]
        own = set(self.fields) - PLUMBING
        return named or ([self.fields] if own else [])


class FormReader(HTMLParser):
    """Collects the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.open: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form, its fields and its buttons."""
        facts = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.open = Form(facts.get("action", ""), facts.get("method", "get").lower())
            self.forms.append(self.open)
        elif self.open is None:
            return
        elif tag == "button" or (tag == "input" and facts.get("type") == "submit"):
            self.open.buttons.append((facts.get("name", ""), facts.get("value", "")))
        elif tag == "input" and facts.get("type") == "hidden":
            self.open.fields[facts.get("name", "")] = facts.get("value", "")
        elif tag in {"input", "select", "textarea"}:
            self.open.asks = True

    def handle_endtag(self, tag: str) -> None:
        """Close a form."""
        if tag == "form":
            self.open = None


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


def forms_of(page: str) -> list[Form]:
    """Return the forms of a page."""
    reader = FormReader()
    reader.feed(page)
    return reader.forms


def offers(visitor: Visitor) -> tuple[str, list[tuple[str, dict[str, str]]]]:
    """Return the sign-in page's address, and target and fields of each account on offer at one click."""
    url, page = visitor.ask(reverse(settings.LOGIN_URL))
    found = [(form.action, fields) for form in forms_of(page) for fields in form.one_click_entries()]
    return url, [(urljoin(url, action), fields) for action, fields in found]


def enter(address: str, index: int) -> str:
    """Sign in by one of the accounts on offer and say where that led; raise VisitError if nowhere."""
    visitor = Visitor(address)  # with its own session and token
    page, offered = offers(visitor)
    target, fields = offered[index]
    who = ", ".join(value for name, value in fields.items() if name not in PLUMBING)
    home, _text = visitor.ask(target, fields)
    if urlsplit(home).path == urlsplit(page).path:
        raise VisitError(f"Signing in as {who} leads back to the sign-in page.")
    return f"{who}: {home}"


def visit(address: str) -> list[str]:
    """Sign in by every account on offer; return the home page that each one reached, or raise VisitError."""
    _page, offered = offers(Visitor(address))
    if not offered:
        raise VisitError("The sign-in page offers no demo account.")
    return [enter(address, index) for index in range(len(offered))]
