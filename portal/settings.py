"""Settings, all from the environment: .env.example lists every variable, docs/operations.md their use.

PORTAL_MODE chooses one of three ways to run:

production  the default; refuses to start without a secret key, allowed hosts, a data folder and PostgreSQL
demo        one machine, SQLite, invented people; every page says so
test        the test suite; fast password hashing, no manifest of static files
"""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
# An environment that names the mode is complete: a deployment's .env must not reach a demo or a test.
if "PORTAL_MODE" not in env.ENVIRON and (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")

# --- Mode ---
MODE = env.str("PORTAL_MODE", "production")
if MODE not in {"production", "demo", "test"}:
    message = f"PORTAL_MODE is {MODE!r}; it must be production, demo or test."
    raise ImproperlyConfigured(message)
PRODUCTION, DEMO, TEST = (mode == MODE for mode in ("production", "demo", "test"))
# Tracebacks in the browser are for the demo on a developer's machine, never for production.
DEBUG = DEMO and env.bool("PORTAL_DEBUG", False)


def required(name: str) -> str:
    """Return the variable; production does not start without it."""
    value: str = env.str(name, "")
    if not value:
        message = f"{name} is not set. Production needs it: see .env.example."
        raise ImproperlyConfigured(message)
    return value


SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
if PRODUCTION:
    required("ALLOWED_HOSTS")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# Everything that the portal writes outside its database: evidence, generated fonts, the demo's SQLite file.
DATA_DIR = Path(required("DATA_DIR") if PRODUCTION else env.str("DATA_DIR", str(BASE_DIR / "var" / MODE))).resolve()
if not PRODUCTION:
    DATA_DIR.mkdir(parents=True, exist_ok=True)


def own_key(path: Path) -> str:
    """Return the key of a data folder, made when it is first asked for: no two demos share one."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(get_random_secret_key())
    return path.read_text()


SECRET_KEY = required("SECRET_KEY") if PRODUCTION else env.str("SECRET_KEY", "") or own_key(DATA_DIR / "secret-key")

# --- Apps and middleware ---
INSTALLED_APPS = [
    "portal",
    "credits",
    "conversion",
    "review",
    "portal.administration.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "django_cas_ng",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    # Before anything reads the body.
    "portal.files.uploading.RequestSizeMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.sessions.IdleSessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.middleware.OriginMiddleware",
    "portal.passwords.PasswordDueMiddleware",
    "portal.middleware.WorkflowErrorMiddleware",
    # After csrf and sign-in: it runs the view itself, inside the transaction that remembers the form.
    "portal.replays.ReplayMiddleware",
    # Last: axes turns a locked-out sign-in into its own answer.
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.shell",
            ],
        },
    }
]
FORM_RENDERER = "portal.form_renderer.PlainRenderer"
INSTALLED_APPS.append("django.forms")
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database ---
DATABASE_URL = required("DATABASE_URL") if PRODUCTION else env.str("DATABASE_URL", "")
_default = env.db_url_config(DATABASE_URL or f"sqlite:///{DATA_DIR / 'portal.sqlite3'}")
DATABASES = {"default": _default}
if _default["ENGINE"] == "django.db.backends.postgresql":
    # Behind PgBouncer in transaction mode: a server-side cursor would meet another connection.
    _default.update(
        CONN_MAX_AGE=env.int("CONN_MAX_AGE", 60),
        CONN_HEALTH_CHECKS=True,
        DISABLE_SERVER_SIDE_CURSORS=env.bool("PGBOUNCER", False),
    )
elif PRODUCTION:
    message = "DATABASE_URL is not a PostgreSQL address; SQLite is for trying the portal out."
    raise ImproperlyConfigured(message)
else:
    # IMMEDIATE: a transaction that begins by reading never has to be thrown away when it comes to write.
    _default["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }

# --- People, sign-in and sessions ---
AUTH_USER_MODEL = "portal.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "portal.campus.backend.CampusBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "signin"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "signin"
# Half an hour without a request ends a session; portal.sessions extends active ones.
SESSION_COOKIE_AGE = env.int("SESSION_IDLE_SECONDS", 30 * 60)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_NAME = "portal_session"
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "portal_csrf"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
# A lockout is one person at one address: nobody can lock a stranger out from elsewhere.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
# Django's form calls the field so, whatever the model's is called; axes would count everybody as nobody.
AXES_USERNAME_FORM_FIELD = "username"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "portal.addresses.client_address"
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "portal/lockout.html"
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
# The campus's CAS server, e.g. https://cas.example.edu/cas/; without it people sign in with local passwords only.
CAS_SERVER_URL = env.str("CAS_SERVER_URL", "").rstrip("/")
if CAS_SERVER_URL:
    CAS_SERVER_URL += "/"
    if PRODUCTION and not CAS_SERVER_URL.startswith("https://"):
        message = "CAS_SERVER_URL is not an https address: anybody in between could sign in as anybody."
        raise ImproperlyConfigured(message)
CAS_VERSION = env.str("CAS_VERSION", "3")
if CAS_VERSION not in {"2", "3"}:
    message = f"CAS_VERSION is {CAS_VERSION!r}; it must be 2 or 3."
    raise ImproperlyConfigured(message)
# What of the server's answer is the student's or staff number: the account's name, or one of its attributes.
CAS_USERNAME_ATTRIBUTE = env.str("CAS_NUMBER_ATTRIBUTE", "cas:user")
# What stands before the portal's path in the addresses that people see, when the proxy does not pass the host on.
CAS_SERVICE_ROOT = env.str("CAS_SERVICE_ROOT", "").rstrip("/")
CAS_CREATE_USER = False  # people come from the roster
# Whom those may ask who cannot sign in: a line for people, e.g. an office and its telephone.
ACCOUNT_CONTACT = env.str("ACCOUNT_CONTACT", "")

# --- Language and time ---
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("英文"))]
LANGUAGE_COOKIE_NAME = "portal_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [BASE_DIR / "portal" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# --- Static files, evidence, jobs, mail ---
# Below a path prefix (WebVPN, a shared host) every generated address begins with it.
FORCE_SCRIPT_NAME = env.str("FORCE_SCRIPT_NAME", "").rstrip("/") or None
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = LANGUAGE_COOKIE_PATH = FORCE_SCRIPT_NAME or "/"
# With its prefix from the start: WhiteNoise asks before Django knows of one, and the answer would stay.
STATIC_URL = f"{FORCE_SCRIPT_NAME or ''}/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = DATA_DIR / "files"  # private: served by views only, after they asked visible_to()
_static = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _static if TEST or DEBUG else "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # nothing asks for the others; compressing them doubled the time
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["gif", "gz", "br", "ico", "jpg", "map", "png", "webp", "woff", "woff2", "zip"]
if TEST or DEBUG:
    # The server of the tests serves static files from their sources; so does the one with tracebacks.
    WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
# How mail and printed codes name the portal.
SITE_URL = env.str("SITE_URL", f"https://{ALLOWED_HOSTS[0]}" if PRODUCTION else "http://127.0.0.1:8000")
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # a batch decision carries a few fields per row
# Evidence: the first handler bounds a file and a request; what is beyond is dropped and said at the field.
FILE_UPLOAD_HANDLERS = [
    "portal.files.uploading.CappedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_PERMISSIONS = 0o640  # the proxy reads as a member of the group
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o750
PORTAL_UPLOAD_MAX_FILE = env.int("UPLOAD_MAX_FILE_MB", 20) * 1024 * 1024
PORTAL_UPLOAD_MAX_REQUEST = env.int("UPLOAD_MAX_REQUEST_MB", 80) * 1024 * 1024
# Set to nginx's internal location (docs/operations.md) and the proxy sends the bytes of private files.
PORTAL_X_ACCEL_PREFIX = env.str("X_ACCEL_PREFIX", "")
# Static faces for PDFs (manage.py make_fonts): made once per installation, shared by its data folders.
FONTS_DIR = Path(env.str("FONTS_DIR", str(BASE_DIR / "var" / "fonts")))
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", 30)  # seconds; below the lease of a mail (portal.outbox.delivery)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "portal@localhost")
if env.str("EMAIL_URL", ""):
    vars().update(env.email_url("EMAIL_URL"))
elif TEST:
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA_DIR / "mail"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher"
    if TEST  # hundreds of sign-ins per run
    else "django.contrib.auth.hashers.PBKDF2PasswordHasher"
]

# --- Security headers ---
# The proxy in front of production sets X-Real-IP and X-Forwarded-Proto and drops what clients send.
BEHIND_PROXY = env.bool("BEHIND_PROXY", PRODUCTION)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF, "blob:"],
        "frame-ancestors": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: [] for feature in ("camera", "geolocation", "microphone", "payment", "usb", "display-capture")
}
X_FRAME_OPTIONS = "SAMEORIGIN"  # evidence is shown in a frame beside its form
SILENCED_SYSTEM_CHECKS = ["security.W019"]  # it asks for DENY, see above
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = (
    "same-origin" if PRODUCTION else None
)  # ignored, with a console error, on plain http
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 365 * 24 * 3600)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", True)
    SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", True)
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    if BEHIND_PROXY:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Logs ---
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "portal.logs.JsonFormatter"},
        "plain": {"format": "%(levelname)s %(name)s: %(message)s"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json" if PRODUCTION else "plain"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", "INFO" if PRODUCTION else "WARNING")},
    "loggers": {"django": {"handlers": [], "level": "INFO" if PRODUCTION else "WARNING", "propagate": True}},
}
