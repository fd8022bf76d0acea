"""``manage.py sweep_clocks [--now ISO]``: one scan of everything a date sets going."""

import json
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from complaints.services.clocks import sweep


class Command(BaseCommand):
    help = "One scan of reminders, escalations, breaches and lapsed windows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--now", help="scan as if it were this moment (ISO 8601)")

    def handle(self, *, now: str | None, **options: Any) -> None:
        result = sweep(now=_moment(now) if now else None)
        self.stdout.write(json.dumps(result.as_dict()))


def _moment(text: str) -> datetime:
    """A moment without a zone is UTC."""
    try:
        at = parse_datetime(text)
    except ValueError:
        at = None
    if at is None:
        raise CommandError(f"not a moment: {text}")
    return at if timezone.is_aware(at) else at.replace(tzinfo=UTC)
