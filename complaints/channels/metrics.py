"""The intake for Prometheus, asked of the database at each look at ``/metrics``."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from django.db import DatabaseError
from django.utils import timezone
from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from complaints.channels.counts import Counts, intake_counts
from complaints.channels.email import mailbox_state
from complaints.models import Mailbox

logger = logging.getLogger(__name__)

OUTCOMES = ("opened", "appended", "held", "dropped", "undecided")


class IntakeCollector(Collector):
    """Counts by channel and outcome, what waits, and whether mailboxes answer."""

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Nothing: else the database would be asked while applications start."""
        return iter(())

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            counts = intake_counts()
        except DatabaseError:
            logger.exception("The intake cannot be counted.")
            return
        yield _outcomes(counts)
        yield _each("recourse_intake_stored", "Messages stored.", counts, "stored")
        words = "Held because too many unproven senders wrote within an hour."
        yield _each("recourse_intake_flood", words, counts, "flood")
        even = GaugeMetricFamily(
            "recourse_intake_adds_up",
            "1 where the outcomes add up to what was stored.",
            labels=["channel"],
        )
        for one in counts:
            even.add_metric([one.provider], float(one.adds_up))
        yield even
        yield _oldest(counts)
        boxes = mailbox_state.states()
        yield _mailboxes(boxes)
        yield _lag(boxes)


def _outcomes(counts: list[Counts]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(
        "recourse_intake_messages",
        "Messages by what became of them.",
        labels=["channel", "outcome"],
    )
    for one in counts:
        for name in OUTCOMES:
            family.add_metric([one.provider, name], getattr(one, name))
    return family


def _each(
    name: str, words: str, counts: list[Counts], column: str
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, words, labels=["channel"])
    for one in counts:
        family.add_metric([one.provider], getattr(one, column))
    return family


def _oldest(counts: list[Counts]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(
        "recourse_intake_oldest_held_seconds",
        "How long the oldest held message has waited.",
        labels=["channel"],
    )
    now = timezone.now()
    for one in counts:
        waited = (now - one.oldest_held).total_seconds() if one.oldest_held else 0.0
        family.add_metric([one.provider], waited)
    return family


def _mailboxes(boxes: list[Mailbox]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(
        "recourse_mailbox_up",
        "1 where the mailbox was fetched in the last 15 minutes.",
        labels=["mailbox"],
    )
    for box in boxes:
        family.add_metric([box.name], float(not box.is_down()))
    return family


def _lag(boxes: list[Mailbox]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(
        "recourse_mailbox_lag_seconds",
        "How long the oldest mail that was left there has waited.",
        labels=["mailbox"],
    )
    now = timezone.now()
    for box in boxes:
        since = box.waits_since
        family.add_metric([box.name], (now - since).total_seconds() if since else 0.0)
    return family


def install() -> None:
    """Once a process, however often applications are set up."""
    if not _installed:
        REGISTRY.register(IntakeCollector())
        _installed.append(True)


_installed: list[bool] = []
