"""The Celery application, and the doorbell that wakes it."""

import logging
import os
import time

from celery import Celery
from kombu.exceptions import OperationalError

from config.env import settings_module

os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings_module())

app = Celery("recourse")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

logger = logging.getLogger(__name__)
QUIET_SECONDS = 10.0  # after a failed ring the bell is left alone for so long
_quiet_until = 0.0


def wake(task_name: str) -> None:
    """Asks a worker to look now; for ``transaction.on_commit``.

    Never raises and never waits for a broker that is down: what is due stands in the
    database, and Beat looks there anyway.
    """
    global _quiet_until  # noqa: PLW0603 - one bell a process
    if time.monotonic() < _quiet_until:
        return
    try:
        app.send_task(task_name, retry=False, ignore_result=True)
    except (OperationalError, OSError) as error:
        _quiet_until = time.monotonic() + QUIET_SECONDS
        logger.warning("The broker does not answer, Beat will see to it: %s", error)
