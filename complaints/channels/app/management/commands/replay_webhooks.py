"""``manage.py replay_webhooks``: calls again what was given up, or all of a time."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from complaints.channels.app.models import Delivery
from complaints.channels.app.webhooks import replay
from complaints.models import OutboxStatus
from teams.system import system_actor


class Command(BaseCommand):
    help = (
        "Calls webhooks again: those given up, or with --since everything since then."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--endpoint", help="its name; by default every one")
        parser.add_argument("--since", help="a moment in ISO 8601; taken calls as well")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = Delivery.objects.exclude(status=OutboxStatus.PENDING)
        if options["endpoint"]:
            rows = rows.filter(recipient_name=options["endpoint"])
        if options["since"]:
            rows = rows.filter(created_at__gte=_moment(options["since"]))
        else:
            rows = rows.filter(status=OutboxStatus.DEAD)
        actor, count = system_actor(), 0
        for row in rows.order_by("pk").iterator():
            replay(row, actor=actor)
            count += 1
        self.stdout.write(f"{count} to be called again")


def _moment(text: str) -> datetime:
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise CommandError(f"--since: {text!r} is no moment in ISO 8601")
    return found if found.tzinfo else timezone.make_aware(found)
