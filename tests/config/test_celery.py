"""Celery's options, and the way from a commit to the queue."""

import os
import uuid

import pytest
import redis
from celery import Celery
from django.conf import settings

from config.backends import REDIS_OPTIONS
from config.celery import app
from config.doorbell import Doorbell


def test_task_survives_the_death_of_its_worker() -> None:
    assert app.conf.task_acks_late is True
    assert app.conf.task_reject_on_worker_lost is True
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.task_ignore_result is True
    assert app.conf.timezone == "UTC"


@pytest.mark.parametrize("name", sorted(settings.CELERY_BEAT_SCHEDULE))
def test_beat_entry_expires_before_its_next_turn(name: str) -> None:
    entry = settings.CELERY_BEAT_SCHEDULE[name]

    assert 0 < entry["options"]["expires"] <= entry["schedule"]
    app.loader.import_default_modules()
    assert entry["task"] in app.tasks


@pytest.mark.skipif("REDIS_URL" not in os.environ, reason="needs Redis (REDIS_URL)")
def test_doorbell_reaches_redis() -> None:
    prefix = f"test-{uuid.uuid4()}:"
    url = os.environ["REDIS_URL"]
    options = {**REDIS_OPTIONS, "global_keyprefix": prefix}
    sender = Celery("sender", broker=url, set_as_current=False)
    sender.conf.broker_transport_options = options
    bell = Doorbell(lambda name: sender.send_task(name, retry=False))

    with redis.Redis.from_url(url) as store:
        bell.ring("complaints.tasks.relay_outbox")

        assert bell.wait(5)
        assert store.llen(f"{prefix}celery") == 1
        store.delete(*store.keys(f"{prefix}*"))
    sender.close()
