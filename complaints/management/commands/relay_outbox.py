"""``manage.py relay_outbox [--once]``: deliver what is due."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from complaints.services.relay import RelayResult, relay_due

PAUSE = 5.0
"""Seconds between two looks when there was nothing to do."""


class Command(BaseCommand):
    help = "Delivers the notices that are due; goes on until it is stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="deliver what is due now, then end"
        )
        parser.add_argument("--limit", type=int, default=100, help="notices a round")

    def handle(self, *, once: bool, limit: int, **options: Any) -> None:
        try:
            while self._round(limit):
                pass
            while not once:
                time.sleep(PAUSE)
                close_old_connections()
                self._round(limit)
        except KeyboardInterrupt:
            self.stderr.write("Stopped.")

    def _round(self, limit: int) -> bool:
        """One round; whether something was sent, so that more may be waiting."""
        result = relay_due(limit=limit)
        if result.touched:
            self.stdout.write(_said(result))
        return bool(result.sent)


def _said(result: RelayResult) -> str:
    return f"sent {result.sent}, failed {result.failed}, given up {result.dead}"
