"""What the portal asks the campus's CAS server, and what it understands of its answers."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from xml.etree.ElementTree import ParseError

import requests
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.conf import settings
from django.urls import reverse
from django_cas_ng.utils import get_cas_client

from portal.campus.accounts import number_from

if TYPE_CHECKING:
    from django.http import HttpRequest

logger = logging.getLogger(__name__)

# A person waits, and a thread of the web server with them.
CONNECT_SECONDS, ANSWER_SECONDS = 3, 7
SAML = "{urn:oasis:names:tc:SAML:2.0:protocol}"
LONGEST_LOGOUT = 10_000


class CampusUnreachableError(Exception):
    """The server did not answer, or not as a CAS server does."""


class NotALogoutRequestError(Exception):
    """The text is not the logout request of a CAS server."""


class Impatient(requests.Session):
    """Gives up instead of waiting for ever, which is the library's way."""

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        """Ask, with a time-out."""
        return super().request(*args, **{"timeout": (CONNECT_SECONDS, ANSWER_SECONDS), **kwargs})


def full_address(request: HttpRequest, name: str) -> str:
    """Return the address of a page as people see it."""
    root = settings.CAS_SERVICE_ROOT or f"{request.scheme}://{request.get_host()}"
    return f"{root}{reverse(name)}"


def service_address(request: HttpRequest, **query: str) -> str:
    """Return where the server sends people back, the same text each time: it belongs to the ticket."""
    kept = {name: text for name, text in query.items() if text}
    return f"{full_address(request, 'campus')}?{urlencode(kept)}"


def login_address(service: str) -> str:
    """Return the server's sign-in page for a service."""
    return str(get_cas_client(service_url=service).get_login_url())


def logout_address(request: HttpRequest) -> str:
    """Return the server's sign-out page, which leads back to the portal's sign-in page."""
    return str(get_cas_client().get_logout_url(full_address(request, "signin")))


def number_behind(ticket: str, service: str) -> str | None:
    """Ask the server whom it gave a ticket, and return their number, empty when its answer holds none.

    None when it gave nobody this ticket, or for another service, or it was used before: a ticket is good for one
    question. A server that is away or talks nonsense raises CampusUnreachableError.
    """
    client = get_cas_client(service_url=service)
    client.session = Impatient()
    try:
        name, attributes, _proxy = client.verify_ticket(ticket)
    except (requests.RequestException, ParseError, LookupError, ValueError, AttributeError) as problem:
        # The library reads whatever comes back; a page of HTML makes it fail in many ways.
        logger.exception("The CAS server did not answer as one.")
        raise CampusUnreachableError from problem
    if not name:
        return None
    attribute = settings.CAS_USERNAME_ATTRIBUTE
    return number_from(name if attribute == "cas:user" else (attributes or {}).get(attribute))


def ticket_in(document: str) -> str:
    """Return the ticket whose session a logout request ends; raise NotALogoutRequestError for any other text."""
    if len(document) > LONGEST_LOGOUT:
        raise NotALogoutRequestError
    try:
        root = fromstring(document, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as problem:
        raise NotALogoutRequestError from problem
    ticket = (root.findtext(f"{SAML}SessionIndex") or "").strip()
    if root.tag != f"{SAML}LogoutRequest" or not ticket:
        raise NotALogoutRequestError
    return str(ticket)
