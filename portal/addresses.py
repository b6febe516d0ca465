"""Where a request came from."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the client's address; a header is believed only behind the deployment's own proxy.

    The proxy sets X-Real-IP itself, so a forged X-Forwarded-For neither evades a lockout nor causes one.
    """
    if settings.BEHIND_PROXY:
        address = request.META.get("HTTP_X_REAL_IP", "").strip()
        if address:
            return str(address)
    return str(request.META.get("REMOTE_ADDR", ""))
