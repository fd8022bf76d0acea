"""For the suite: fixed keys, fast hashes, nothing that leaves the process.

``DATABASE_URL`` chooses the database; without it SQLite in a file of its own, since
threads and the live server must meet the locks that users meet.
"""

import atexit
import os
import shutil
import tempfile

if "VAR_DIR" not in os.environ:
    # In the environment, for the processes that a test starts.
    os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="recourse-test-")
    atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)
if (_worker := os.environ.get("PYTEST_XDIST_WORKER", "")) not in os.environ["VAR_DIR"]:
    # No worker of the runner takes the files of another away.
    os.environ["VAR_DIR"] += f"/{_worker}"

from config.settings.base import *
from config.settings.base import CHANNEL_LAYERS, DATABASES, REST_FRAMEWORK, VAR_DIR

DEBUG = False
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
SITE_URL = "https://recourse.test"
SECRET_KEY = "test-secret-key-0123456789-abcdefghijklmnopqrstuvwxyz"  # noqa: S105
LEDGER_KEY = "test-ledger-key-0123456789-abcdefghijkl"
SIGNING_KEY = "test-signing-key-0123456789-abcdefghijk"
REPLY_KEY = "test-reply-key-0123456789-abcdefghijklm"

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_BROKER_URL = "memory://localhost"
CELERY_BROKER_TRANSPORT_OPTIONS = {}
REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] = {"anon": "6000/min", "user": "6000/min"}

# A test changes what the next one must not remember.
MEMORY_SECONDS = 0.0

# Tests write mails by the hundred; tests/complaints/channels/email/test_flood.py fewer.
MAIL_UNPROVEN_AN_HOUR = 10**9

# It would count as a query of whichever page comes first.
SESSION_SEEN_EVERY = 0

# Workers of the runner share one Redis and the keys of their rows.
CHANNEL_LAYERS["default"].get("CONFIG", {})["prefix"] = f"test-{os.getpid()}"

# Tests sign in without a password; tests/complaints/admin/test_sudo.py asks for one.
SUDO_SECONDS = 0

# No worker draws PDFs while a page waits.
LETTER_PDF_SECONDS = 0.0

# Straight from static/: nothing is collected before a test.
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True

# What a test wrote stands in a transaction that no other connection sees.
READ_DATABASE = "default"
del DATABASES["readonly"]
VIEW_LOG_DATABASE = "default"
DATABASES.pop("viewlog", None)

_DATABASE = DATABASES["default"]
if _DATABASE["ENGINE"].endswith("sqlite3"):
    _DATABASE["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
