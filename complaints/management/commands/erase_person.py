"""``manage.py erase_person EMAIL``: what may go goes; what stays is named, with why."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from complaints.services.privacy.erase import erase_person


class Command(BaseCommand):
    help = "Erases a person as far as the law allows; asked again it goes on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = erase_person(options["email"])
        except LookupError as error:
            raise CommandError("Nobody here has that address.") from error
        for reference in done.cases:
            self.stdout.write(f"{reference}: erased")
        for one in done.kept:
            self.stdout.write(f"{one.reference}: kept. {one.why}")
        if done.person:
            self.stdout.write("Nothing of this person is left.")
        else:
            self.stdout.write("The person is restricted; the rest goes at its time.")
