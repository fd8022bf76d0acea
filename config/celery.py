"""The Celery application, and the doorbell that wakes it."""

import atexit
import os

from celery import Celery
from celery.signals import worker_ready

from config import broker
from config.doorbell import Doorbell
from config.env import settings_module

os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings_module())
broker.install()

app = Celery("recourse")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

_bell = Doorbell(lambda name: app.send_task(name, retry=False, ignore_result=True))
# A short command would be gone before its bell has rung.
atexit.register(_bell.wait, 0.5)


def wake(task_name: str) -> None:
    """Asks a worker to look now; for ``transaction.on_commit``.

    Never raises and never waits: what is due stands in the database, and Beat looks
    there anyway.
    """
    _bell.ring(task_name)


@worker_ready.connect
def _show_life(**_: object) -> None:
    """Beat's first turn is a minute away; whoever asks for readiness asks sooner."""
    wake("complaints.tasks.heartbeat")
