"""``manage.py walk_case``: one complaint through all ten steps by the real doors."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from appeals.demo.by_channel import CHANNELS
from appeals.demo.people import make_cast
from appeals.demo.visitor import DoorClosed
from appeals.demo.walk import read_filing, walk
from appeals.demo.way import Walk
from complaints.states import Channel


class Command(BaseCommand):
    help = "Files a complaint and walks it to its answer; --appeal takes it on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="fields as JSON")
        parser.add_argument("--appeal", action="store_true", help="on to the award")
        parser.add_argument(
            "--channel",
            choices=(Channel.PORTAL, Channel.EMAIL, *CHANNELS),
            default=Channel.PORTAL,
            help="how it is filed",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        subject = Walk(make_cast(), channel=options["channel"])
        if options["file"]:
            try:
                subject.filing = read_filing(options["file"])
            except (OSError, ValueError, DoorClosed) as error:
                raise CommandError(f"{options['file']}: {error}") from error
        try:
            for line in walk(subject, appeal=options["appeal"]):
                self.stdout.write(str(line))
        except DoorClosed as error:
            raise CommandError(str(error)) from error
        reference = subject.complaint.reference
        self.stdout.write(f"{reference}: checking the ledger …")
        call_command("verify_ledger", reference=reference, stdout=self.stdout)
