"""``manage.py purge_expired``: empty the cases whose time is over."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from complaints.services.privacy.erase import purge_expired


class Command(BaseCommand):
    help = "Empties words and files of cases that nothing asks to keep any longer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--limit", type=int, default=10_000)

    def handle(self, *args: Any, **options: Any) -> None:
        done = purge_expired(limit=options["limit"])
        self.stdout.write(f"{done} cases were emptied.")
