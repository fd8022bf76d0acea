"""``manage.py export_person EMAIL``: a person's copy of what is kept of them."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from complaints.services.privacy.export import export_person
from complaints.services.privacy.persons import parties_of


class Command(BaseCommand):
    help = "Writes a ZIP archive. Make sure first that it is they who ask."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--out", type=Path, help="else person-DAY.zip here")
        parser.add_argument(
            "--unproven",
            action="store_true",
            help="also where the address was typed and never proven; look first",
        )
        parser.add_argument("--language", default="en", help="of the readable part")

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["out"] or Path(f"person-{timezone.now().date()}.zip")
        try:
            with translation.override(options["language"]):
                unproven = options["unproven"]
                found = export_person(options["email"], path, unproven=unproven)
        except LookupError as error:
            more = len(parties_of(options["email"]))
            words = f" {more} gave it without proof: see --unproven." if more else ""
            raise CommandError(f"Nobody here has that address.{words}") from error
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error}") from error
        self.stdout.write(f"{len(found)} complaints in {path}")
