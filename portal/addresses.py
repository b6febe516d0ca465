"""Where a request came from, and where an answer may send it."""

from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import get_script_prefix
from django.utils.http import url_has_allowed_host_and_scheme


def client_address(request: HttpRequest) -> str:
    """Return the client's address; a header is believed only behind the deployment's own proxy.

    The proxy sets X-Real-IP itself, so a forged X-Forwarded-For neither evades a lockout nor causes one.
    """
    if settings.BEHIND_PROXY:
        address = request.META.get("HTTP_X_REAL_IP", "").strip()
        if address:
            return str(address)
    return str(request.META.get("REMOTE_ADDR", ""))


def own_page(address: str) -> str:
    """Return the address if it leads to a page of this portal, else an empty text.

    Only a path will do, and below the prefix: a WebVPN serves other systems under the same host.
    """
    if not address.startswith(get_script_prefix()) or not url_has_allowed_host_and_scheme(address, allowed_hosts=None):
        return ""
    # Browsers climb by %2e%2e and by a backslash as well.
    climbs = ".." in unquote(urlsplit(address).path).replace("\\", "/").split("/")
    return "" if climbs else address
