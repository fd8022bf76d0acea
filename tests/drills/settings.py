"""For the processes that a drill starts and kills: real broker, real mail server."""

import os

from config.settings.test import *  # noqa: F403
from config.settings.test import CELERY_BEAT_SCHEDULE

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = "127.0.0.1"
EMAIL_PORT = int(os.environ.get("DRILL_SMTP_PORT", "25"))
EMAIL_TIMEOUT = 10
OUTBOX_LEASE_SECONDS = 5
CELERY_BROKER_URL = os.environ.get("DRILL_BROKER", "memory://")
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 20,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 1,
}
CELERY_BEAT_SCHEDULE = {
    name: {**CELERY_BEAT_SCHEDULE[name], "schedule": 2}
    for name in ("relay-outbox", "resume-intake", "sweep-clocks")
}
