"""Production, without what would stop a client that asks a thousand times a minute."""

from config.settings.production import *
from config.settings.production import REST_FRAMEWORK

STAFF_SECOND_FACTOR = False
REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] = {"anon": None, "user": None}
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
