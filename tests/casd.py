"""A real CAS server (django-cas-server) for the tests of the campus sign-in, on a loopback port of its own.

    .venv-cas/bin/python tests/casd.py      prints its address and ends when its standard input does

It runs in an environment of its own (tests/cas-requirements.txt) and knows nothing of the portal. Everybody has an
account there, with the password PASSWORD; the account "alias-X" belongs to the number " X ".
"""

import random
import sys
import tempfile
import threading
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import django
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.urls import URLResolver, include, path

PASSWORD = "campus"
# Below the ports that the kernel gives to outgoing connections.
PORTS = range(20_000, 32_768)
SERVICES = r"^http://(testserver|127\.0\.0\.1|localhost)(:\d+)?/(\w+/)?signin/campus/"
PAGE = """<!DOCTYPE html>
<html lang="zh"><head><meta charset="utf-8"><title>CAS</title><link rel="icon" href="data:,"></head>
<body><main><h1>统一身份认证</h1>{% for message in messages %}<p>{{ message }}</p>{% endfor %}
{% if form %}<form method="post">{% csrf_token %}{{ form }}<button>登录</button></form>{% endif %}</main></body>
</html>"""

urlpatterns: list[URLResolver] = []


class Server(ThreadingMixIn, WSGIServer):
    """One thread per connection: Chromium opens some that it never uses."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_arguments):
        pass


def bind():
    """Listen on a free port; trying is the only way to find one that stays free."""
    while True:
        try:
            return Server(("127.0.0.1", random.choice(PORTS)), Quiet)
        except OSError:
            continue


def configure(folder):
    """Set the server up, as small as it can be."""
    processors = ["django.template.context_processors.request", "django.contrib.messages.context_processors.messages"]
    pages = dict.fromkeys(("login.html", "warn.html", "logged.html", "logout.html"), PAGE)
    apps = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages"]
    settings.configure(
        SECRET_KEY="of a server for tests",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        USE_TZ=True,
        INSTALLED_APPS=[*apps, "cas_server"],
        MIGRATION_MODULES=dict.fromkeys(["auth", "contenttypes", "sessions", "cas_server"]),  # tables at once
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": f"{folder}/cas.sqlite3",
                "OPTIONS": {"timeout": 20, "init_command": "PRAGMA synchronous=OFF"},
            }
        },
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "context_processors": processors,
                    "loaders": [
                        ("django.template.loaders.locmem.Loader", pages),
                        "django.template.loaders.app_directories.Loader",  # the answers to tickets
                    ],
                },
            }
        ],
        STATIC_URL="/static/",
        # The browser sends the portal's cookies here too: ports do not tell them apart.
        SESSION_COOKIE_NAME="cas_session",
        CSRF_COOKIE_NAME="cas_csrf",
        CAS_AUTH_CLASS=f"{__name__}.everybody",
        CAS_LOGIN_TEMPLATE="login.html",
        CAS_WARN_TEMPLATE="warn.html",
        CAS_LOGGED_TEMPLATE="logged.html",
        CAS_LOGOUT_TEMPLATE="logout.html",
        CAS_NEW_VERSION_HTML_WARNING=False,  # would ask the package registry
        CAS_NEW_VERSION_EMAIL_WARNING=False,
        CAS_LOGO_URL=None,
        CAS_FAVICON_URL=None,
    )


def everybody(username):
    """Return the account of the name, as CAS_AUTH_CLASS wants it."""
    from cas_server.auth import AuthUser  # noqa: PLC0415 - wants configured settings

    class Account(AuthUser):
        def test_password(self, password):
            return password == PASSWORD

        def attributs(self):
            number = f" {self.username.removeprefix('alias-')} "
            return {"number": number, "name": "张薇", "cards": ["1", "2"]}

    return Account(username)


def prepare():
    """Make the tables, and the one service with what it is told about people."""
    from cas_server.models import ReplaceAttributName, ServicePattern  # noqa: PLC0415 - wants configured settings

    urlpatterns.append(path("cas/", include("cas_server.urls", namespace="cas_server")))
    call_command("migrate", run_syncdb=True, verbosity=0)
    portal = ServicePattern.objects.create(name="portal", pos=1, pattern=SERVICES, single_log_out=True)
    for attribute in ("number", "name", "cards"):
        ReplaceAttributName.objects.create(name=attribute, service_pattern=portal)


def main():
    """Serve until whoever started this closes the pipe, or is no more."""
    with tempfile.TemporaryDirectory(prefix="portal-cas.") as folder, bind() as server:
        configure(folder)
        django.setup()
        prepare()
        server.set_app(get_wsgi_application())

        def wait():
            sys.stdin.read()
            server.shutdown()

        threading.Thread(target=wait, daemon=True).start()
        print(f"http://127.0.0.1:{server.server_port}/cas/", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
