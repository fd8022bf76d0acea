"""A public place. What is missing here stops the start and is named."""

from config.env import (
    env_bool,
    env_int,
    env_list,
    env_secret,
    env_secrets,
    env_str,
)
from config.settings.base import *
from config.settings.base import LOGGING, STORAGES, TRUSTED_PROXY_COUNT

DEBUG = False
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS")
SITE_URL = env_str("SITE_URL", f"https://{ALLOWED_HOSTS[0].lstrip('.')}").rstrip("/")

SECRET_KEY = env_secret("SECRET_KEY", minimum=50)
SECRET_KEY_FALLBACKS = list(env_secrets("SECRET_KEY_FALLBACKS", minimum=50))
LEDGER_KEY = env_secret("LEDGER_KEY", minimum=32)
LEDGER_KEY_FALLBACKS = env_secrets("LEDGER_KEY_FALLBACKS", minimum=32)
SIGNING_KEY = env_secret("SIGNING_KEY", minimum=32)
REPLY_KEY = env_secret("REPLY_KEY", minimum=32)
REPLY_KEY_FALLBACKS = env_secrets("REPLY_KEY_FALLBACKS", minimum=32)

STAFF_SECOND_FACTOR = env_bool("STAFF_SECOND_FACTOR", True)

# -- transport -------------------------------------------------------------------
SECURE_SSL_REDIRECT = True
# A probe on the machine itself speaks plain HTTP.
SECURE_REDIRECT_EXEMPT = [r"^health/(live|ready)$", r"^metrics$"]
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env_int("HSTS_SECONDS", 31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https"
CSRF_TRUSTED_ORIGINS = [SITE_URL]

# The prefix makes the browser refuse these cookies from anywhere but this host.
SESSION_COOKIE_NAME = "__Host-session"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True

STORAGES["staticfiles"]["BACKEND"] = (
    "whitenoise.storage.CompressedManifestStaticFilesStorage"
)
LOGGING["handlers"]["stderr"]["formatter"] = "json"
