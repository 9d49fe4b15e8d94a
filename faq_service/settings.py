"""All settings of the library, read from the environment, and from a file `.env` beside manage.py where there is one.

DEBUG               1 for development only. Where it is off ("production") weak values below stop the start.
SECRET_KEY          at least 50 random characters.
ALLOWED_HOSTS       host names, separated by commas.
PUBLIC_URL          the address readers use, as scheme://host. With https come secure cookies, HSTS and a redirect to https; the
                    proxy that ends TLS must then set `X-Forwarded-Proto` itself and never pass on one sent by a client.
LIBRARY_STATUS      demonstration (the default) or live. Live refuses DEBUG, a PUBLIC_URL without https and demo decisions.
LIBRARY_TIME_ZONE   when a day ends, for review dates and `as_of`: an IANA name. Default UTC.
REVIEW_DUE_DAYS     days before its review date from which an entry counts as due. Default 30.
REVIEW_INTERVAL_DAYS  days until the next review that are offered to reviewers, and within which imported entries are reviewed
                    again; half of it for text of AI origin. Default 182.
REVIEW_LONGEST_DAYS  days until the next review that a decision may name at most. Default 366.
RESPONSIBLE_NAME    the organisation that answers for the texts, as readers see it; each new draft begins with it. Default: none, and in a
                    live library no entry is ready without one.
RESPONSIBLE_CONTACT  how readers reach it: a mail address, a page or a telephone number. Set both, or neither.
OFFLINE_DAYS        days after which an app that could not ask this service hides an entry; 1 for those in a safety topic. Default 7.
READER_TEXT_DAYS    days after which the words that readers sent in are deleted: questions, comments, closed reports. Default 90.
ALLOW_ATTESTATION   1 lets importers record reviews done elsewhere. Default: as DEBUG.
ALLOW_HISTORY_IMPORT  1 lets an exported history be read into an empty library. Default 0.
DATABASE_URL        sqlite:////path or postgresql://user:password@host:port/name. Default: db.sqlite3 beside manage.py.
MIGRATION_DATABASE_URL  used in place of DATABASE_URL by `manage.py migrate` alone, so that the role that serves owns no table.
SEARCH_MODEL        the folder of a sentence encoder (model.safetensors and tokenizer.json of all-MiniLM-L6-v2), with which search finds by
                    meaning too. Default: none, and search finds by words.
EMAIL_URL           for example smtp+tls://user:password@host:587. Default: mail is written to the console.
ENV_FILE            another file in place of `.env`.
"""

import os
import sys
from pathlib import Path

import django_stubs_ext
import environ
from corsheaders.defaults import default_headers
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from faq_service import env

# Requests have threads of their own: numpy's, as many for each of these as there are processors, only take time from one another. It
# reads this when it is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
django_stubs_ext.monkeypatch()  # lets Django's classes be subscripted, as the type checker asks

BASE_DIR = Path(__file__).resolve().parent.parent
environ.Env.read_env(env.text("ENV_FILE", str(BASE_DIR / ".env")))

# The library
DEBUG = env.flag("DEBUG", default=False)
LIBRARY_STATUS = env.choice("LIBRARY_STATUS", ("demonstration", "live"))
IS_LIVE = LIBRARY_STATUS == "live"
if IS_LIVE and DEBUG:
    raise ImproperlyConfigured("DEBUG is on and LIBRARY_STATUS is live. Set DEBUG to 0.")
SECRET_KEY = env.secret_key("SECRET_KEY", DEBUG)
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", DEBUG)
PUBLIC_URL = env.public_url("PUBLIC_URL", "http://127.0.0.1:8000", IS_LIVE)
LIBRARY_TIME_ZONE = env.time_zone("LIBRARY_TIME_ZONE", "UTC")
REVIEW_DUE_DAYS = env.days("REVIEW_DUE_DAYS", 30)
REVIEW_LONGEST_DAYS = env.days("REVIEW_LONGEST_DAYS", 366)
REVIEW_INTERVAL_DAYS = env.days("REVIEW_INTERVAL_DAYS", min(182, REVIEW_LONGEST_DAYS))
if REVIEW_INTERVAL_DAYS > REVIEW_LONGEST_DAYS:
    raise ImproperlyConfigured(f"REVIEW_INTERVAL_DAYS is above REVIEW_LONGEST_DAYS. Set it to {REVIEW_LONGEST_DAYS} or less.")
RESPONSIBLE_NAME = env.line("RESPONSIBLE_NAME")
RESPONSIBLE_CONTACT = env.line("RESPONSIBLE_CONTACT")
if bool(RESPONSIBLE_NAME) != bool(RESPONSIBLE_CONTACT):
    raise ImproperlyConfigured("RESPONSIBLE_NAME and RESPONSIBLE_CONTACT belong together. Set both, or neither.")
SEARCH_MODEL = env.folder("SEARCH_MODEL")
OFFLINE_DAYS = env.days("OFFLINE_DAYS", 7)
READER_TEXT_DAYS = env.days("READER_TEXT_DAYS", 90)
ALLOW_ATTESTATION = env.flag("ALLOW_ATTESTATION", default=DEBUG)
ALLOW_HISTORY_IMPORT = env.flag("ALLOW_HISTORY_IMPORT", default=False)

# What Django runs
ROOT_URLCONF = "faq_service.urls"
WSGI_APPLICATION = "faq_service.wsgi.application"
INSTALLED_APPS = [
    "faq.apps.FaqConfig",
    "faq.apps.LibraryAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "corsheaders",
    "csp",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "faq.public.middleware.PublicCors",
    "faq.public.middleware.ContentSecurityPolicy",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "faq.public.middleware.ApiErrorsMiddleware",  # outside all that may answer with an error, inside what adds headers
    "faq.public.middleware.LanguageFromPath",  # before Slashes, which asks whether a path with a slash would exist
    "faq.admin.middleware.AdminSession",
    "faq.public.middleware.AppendSlash",
    "django.middleware.csrf.CsrfViewMiddleware",
    "faq.admin.middleware.AdminAuthentication",
    "faq.admin.middleware.AdminMessages",
]
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
            ],
        },
    },
]

# Database
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASE_URL = f"sqlite:///{BASE_DIR / 'db.sqlite3'}"
IS_MIGRATING = sys.argv[1:2] == ["migrate"] and bool(env.text("MIGRATION_DATABASE_URL"))
DATABASES = {"default": env.database("MIGRATION_DATABASE_URL" if IS_MIGRATING else "DATABASE_URL", DATABASE_URL, migrating=IS_MIGRATING)}

# People
AUTH_USER_MODEL = "faq.User"
AUTHENTICATION_BACKENDS = ["faq.sign_in.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "admin:login"

# Languages of the interface, and time
LANGUAGE_CODE = "en"
FORMAT_MODULE_PATH = "faq_service.formats"  # one form of dates wherever Django writes one itself
LANGUAGES = [("en", "English"), ("es", "español")]
LOCALE_PATHS = [BASE_DIR / "faq" / "locale"]
USE_I18N = True
TIME_ZONE = "UTC"
USE_TZ = True

# Static files are served as they lie in the apps: nothing to collect, so names carry no hash and browsers ask again after a minute.
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False

# Security. Over plain http (a demonstration on one's own machine) browsers drop secure cookies, so these follow PUBLIC_URL.
IS_HTTPS = PUBLIC_URL.startswith("https://")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/"]  # probes ask inside the house, without TLS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if IS_HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"  # which question a patient read is told to no other site
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_NAME = "__Host-sessionid" if IS_HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if IS_HTTPS else "csrftoken"
SESSION_COOKIE_AGE = 12 * 3600  # a working day
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "faq.admin_site.csrf_failure"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
}
REFUSED_FEATURES = [
    "accelerometer",
    "browsing-topics",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "hid",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
]
PERMISSIONS_POLICY: dict[str, list[str]] = {name: [] for name in REFUSED_FEATURES}
SILENCED_SYSTEM_CHECKS = [
    "rest_framework.W001",  # each list names its own pagination class, and all share PAGE_SIZE
    "security.W005",  # HSTS for subdomains, and preloading, bind other sites of the same domain: the domain's owner decides
    "security.W021",
]

# Any site's script may read the API; none may send cookies.
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_ALL_ORIGINS = True
CORS_ALLOW_METHODS = ("GET", "HEAD", "OPTIONS")
CORS_ALLOW_HEADERS = (*default_headers, "if-none-match")
CORS_EXPOSE_HEADERS = ("ETag", "Link", "Library-Cursor", "Retry-After")

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_VERSIONING_CLASS": "rest_framework.versioning.NamespaceVersioning",
    "ALLOWED_VERSIONS": ["v1"],
    "EXCEPTION_HANDLER": "faq.public.errors.exception_handler",
    "DEFAULT_SCHEMA_CLASS": "faq.api.openapi.Schema",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}

SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.0",
    "TITLE": "Question library",
    "VERSION": "1",
    "LICENSE": {"name": "MIT (the program; each entry names the licence of its words)", "identifier": "MIT"},
    "TAGS": [
        {"name": "entries", "description": "Questions with their approved answers, and every version they had."},
        {"name": "library", "description": "Topics, sources and standing texts beside them."},
        {"name": "readers", "description": "What readers send in. Nobody replies; no address is kept."},
        {"name": "changes", "description": "What happened, in order: how a copy is kept in step."},
    ],
    "SERVE_PUBLIC": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": ["faq.api.openapi.tidy"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# Mail and logs
vars().update(env.email("EMAIL_URL", "consolemail://"))
EMAIL_TIMEOUT = 10  # seconds: a reader who reports harm waits for the mail, and the clock tries again
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s", "datefmt": "%Y-%m-%dT%H:%M:%SZ"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {"django": {"handlers": [], "level": "INFO", "propagate": True}, "django.server": {"handlers": [], "propagate": True}},
}
