"""What every place shares: applications, middleware, data, language, mail, logs."""

from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from config.backends import cache_config, database_config, email_config
from config.env import env_bool, env_int, env_list, env_secret, env_str
from config.paths import BASE_DIR, private_dir, var_dir
from config.settings.accounts import *
from config.settings.api import *
from config.settings.channels import *
from config.settings.compliance import *
from config.settings.csp import *
from config.settings.evidence import *
from config.settings.payouts import *
from config.settings.tasks import *

DEBUG = False

VAR_DIR = var_dir()

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "guardian",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "allauth.idp.oidc",
    "csp",
    "teams",
    "complaints",
    "complaints.compliance",
    "complaints.compliance.returns",
    "complaints.public",
    "complaints.channels.chat",
    "complaints.channels.telegram",
    "complaints.channels.forum",
    "appeals",
    # Last: what it announces follows the letters of all others.
    "complaints.channels.app",
]

MIDDLEWARE = [
    "complaints.request_id.RequestIdMiddleware",
    "config.middleware.QueryMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.static.StaticFilesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.errors.TooLargeMiddleware",
    "config.middleware.TimeZoneMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.middleware.StaffSecondFactorMiddleware",
    "config.middleware.SessionSeenMiddleware",
    "complaints.compliance.middleware.ReadersOnlyReadMiddleware",
]

# Our own templates draw the fields (templates/django/forms).
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# -- data ------------------------------------------------------------------------
_POOL = env_bool("DATABASE_POOL", False)
_DATABASE_URL = env_secret("DATABASE_URL", f"sqlite:///{VAR_DIR / 'recourse.sqlite3'}")
# Figures and returns read by a connection on which the database refuses to write: of a
# role that may do no more, or a replica, where READONLY_DATABASE_URL names one.
_READ_URL = env_secret("READONLY_DATABASE_URL", "", minimum=0)
READ_DATABASE = "readonly"
DATABASES = {
    "default": database_config(_DATABASE_URL, pool=_POOL),
    READ_DATABASE: {
        **database_config(
            _READ_URL or _DATABASE_URL,
            name="READONLY_DATABASE_URL" if _READ_URL else "DATABASE_URL",
            pool=_POOL,
            read_only=True,
        ),
        "TEST": {"MIRROR": "default"},
    },
}
# Looks at figures are noted by a role that may insert them and do nothing else, where
# VIEW_LOG_DATABASE_URL names one.
_VIEW_LOG_URL = env_secret("VIEW_LOG_DATABASE_URL", "", minimum=0)
VIEW_LOG_DATABASE = "viewlog" if _VIEW_LOG_URL else "default"
if _VIEW_LOG_URL:
    DATABASES[VIEW_LOG_DATABASE] = {
        **database_config(_VIEW_LOG_URL, name="VIEW_LOG_DATABASE_URL", pool=_POOL),
        "TEST": {"MIRROR": "default"},
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Old keys that still prove what they sealed or signed; production reads them.
LEDGER_KEY_FALLBACKS: tuple[str, ...] = ()
REPLY_KEY_FALLBACKS: tuple[str, ...] = ()

REDIS_URL = env_secret("REDIS_URL", "", minimum=0)
CACHES = {"default": cache_config(REDIS_URL, VAR_DIR / "cache")}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

# Evidence. There is no MEDIA_URL: a view asks visible_to() and sends the file.
MEDIA_ROOT = private_dir(Path(env_str("MEDIA_ROOT", str(VAR_DIR / "evidence"))))
# From this amount on (in the reporting currency) three people hear an appeal.
APPEAL_PANEL_FROM = env_int("APPEAL_PANEL_FROM", 50_000)
# Roots of the ledger and their trees; best on a disk that the database cannot reach.
LEDGER_DIR = private_dir(Path(env_str("LEDGER_DIR", str(VAR_DIR / "ledger"))))
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "evidence": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": MEDIA_ROOT, "base_url": None},
    },
    # Case bundles: made anew at any time, so that no backup needs them.
    "bundles": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": private_dir(VAR_DIR / "bundles"), "base_url": None},
    },
    # Returns and the register as files; those that are final are to be in a backup.
    "exports": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": private_dir(VAR_DIR / "exports"), "base_url": None},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage",
    },
}
FILE_UPLOAD_TEMP_DIR = str(private_dir(VAR_DIR / "uploads"))

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "staticfiles"
# Static files are ours alone, so no other site may read them.
WHITENOISE_ALLOW_ALL_ORIGINS = False

# -- language and time -----------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = ["config.formats"]
USE_TZ = True
TIME_ZONE = "UTC"

# -- mail ------------------------------------------------------------------------
_EMAIL = email_config(env_secret("EMAIL_URL", f"file://{VAR_DIR / 'mail'}"))
EMAIL_BACKEND = _EMAIL.pop("EMAIL_BACKEND")
globals().update(_EMAIL)
DEFAULT_FROM_EMAIL = env_str("DEFAULT_FROM_EMAIL", "Recourse <complaints@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# -- the place it stands in ------------------------------------------------------
TRUSTED_PROXY_COUNT = env_int("TRUSTED_PROXY_COUNT", 0)
EMBED_ORIGINS = env_list("EMBED_ORIGINS", [])
# Letters hold full addresses and are written where no request is at hand.
SITE_URL = env_str("SITE_URL", f"http://127.0.0.1:{env_int('PORT', 8000)}").rstrip("/")
# Give admitted cases to the least loaded handler of their team, not to a queue.
AUTO_ASSIGN = env_bool("AUTO_ASSIGN", False)

# An authority may order that cases are kept as long as the law allows at most.
RETENTION_BY_ORDER = env_bool("RETENTION_BY_ORDER", False)
METRICS_TOKEN = env_secret("METRICS_TOKEN", "", minimum=0)
# How long a process may go by what it read of teams, system actors and endpoints.
MEMORY_SECONDS = 5.0

X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 20

# -- logs ------------------------------------------------------------------------
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
        "json": {"()": "config.logs.JsonFormatter"},
    },
    "filters": {"tokens": {"()": "config.logs.WithoutTokens"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "plain",
            "filters": ["tokens"],
        },
    },
    "root": {"handlers": ["stderr"], "level": env_str("LOG_LEVEL", "INFO").upper()},
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},
        # A 404 is the asker's matter and would fill the log with scans.
        "django.request": {"level": "ERROR"},
        # So is a wrong Host header; the answer is a 400 all the same.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        # It writes down each address it calls, and some hold a token.
        "httpx": {"level": "WARNING"},
        # It tells of every step, and of every property of a sheet it does not know.
        "weasyprint": {"level": "CRITICAL"},
    },
}
