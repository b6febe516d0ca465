"""The portal served below a path prefix, as a WebVPN or a shared host does."""

import sys
import threading
from contextlib import contextmanager
from functools import lru_cache

from django.core.files.storage import storages
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test.testcases import QuietWSGIRequestHandler

KEPT = type(lru_cache(lambda: None))
APPS = {"portal", "credits", "conversion", "review"}


def below(prefix, portal):
    """Return what a proxy makes of the portal: the prefix is taken off, everything else is another system's."""

    def proxy(environ, start_response):
        path = environ["PATH_INFO"]
        if not path.startswith(f"{prefix}/"):
            start_response("404 Not Found", [])
            return []
        return portal({**environ, "PATH_INFO": path.removeprefix(prefix)}, start_response)

    return proxy


def forget_addresses():
    """Empty what is kept for a process's life: at a real start, all of it is made with one prefix."""
    modules = [module for name, module in sys.modules.items() if name.split(".")[0] in APPS]
    for kept in {thing for module in modules for thing in vars(module).values() if isinstance(thing, KEPT)}:
        kept.cache_clear()


@contextmanager
def served_below(prefix, settings, monkeypatch):
    """Configure and start the portal below the prefix; give its address."""
    settings.FORCE_SCRIPT_NAME = prefix
    # At a real start these follow by themselves.
    settings.STATIC_URL = f"{prefix}/static/"
    settings.SESSION_COOKIE_PATH = settings.CSRF_COOKIE_PATH = settings.LANGUAGE_COOKIE_PATH = prefix
    monkeypatch.setattr(storages["staticfiles"], "base_url", settings.STATIC_URL)
    forget_addresses()
    with ThreadedWSGIServer(("127.0.0.1", 0), QuietWSGIRequestHandler) as server:
        server.set_app(below(prefix, WSGIHandler()))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{prefix}"
        server.shutdown()
    forget_addresses()
