"""``manage.py returns PROFILE PERIOD``: the regulator's return of a profile."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import override

from complaints import letter_system
from complaints.compliance.noted import note
from complaints.compliance.returns.kinds import BUILDERS, FORMS, FORMS_OF, suits
from complaints.compliance.returns.period import parse
from complaints.permissions import viewer_of
from teams.system import system_actor

BINARY = frozenset({"xlsx", "pdf", "zip"})


class Command(BaseCommand):
    help = "Writes a return; its facts and checksum go to the standard error."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("profile", choices=sorted(BUILDERS))
        parser.add_argument("period", help="2026, 2026-H1, 2026-Q3 or 2026-09")
        parser.add_argument("--format", choices=sorted(FORMS), default="json")
        parser.add_argument(
            "--language",
            choices=[code for code, _name in settings.LANGUAGES],
            default=settings.LANGUAGE_CODE,
            help="of the words in a workbook or a PDF",
        )
        parser.add_argument("--out", type=Path, help="a file; else the standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if options["format"] == "pdf" and (missing := letter_system.missing()):
            raise CommandError(f"A PDF needs Debian's {', '.join(missing)}.")
        if options["format"] not in FORMS_OF[options["profile"]]:
            forms = ", ".join(FORMS_OF[options["profile"]])
            raise CommandError(f"{options['profile']} is given out as: {forms}")
        try:
            period = parse(options["period"])
            if not suits(options["profile"], period):
                raise ValueError("This return is not made of such a period.")
            with override(options["language"]):
                found = BUILDERS[options["profile"]](period, now)
                text = FORMS[options["format"]](found)
        except ValueError as error:
            raise CommandError(str(error)) from error
        facts = {"door": "return", **found.facts, "form": options["format"]}
        note(viewer_of(system_actor()), now, facts)
        if path := options["out"]:
            _write(path, text)
        elif options["format"] in BINARY:
            sys.stdout.buffer.write(text)
        else:
            self.stdout.write(text.decode(), ending="")
        for name, fact in found.facts.items():
            self.stderr.write(f"{name}: {fact}")


def _write(path: Path, text: bytes) -> None:
    try:
        path.write_bytes(text)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}") from error
