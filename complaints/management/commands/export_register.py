"""``manage.py export_register``: the register of a period as one file."""

import json
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from complaints.compliance.noted import note
from complaints.compliance.returns.period import between
from complaints.compliance.returns.register import write
from complaints.compliance.returns.register_forms import WRITERS
from complaints.permissions import viewer_of
from teams.system import system_actor


class Command(BaseCommand):
    help = "Writes the register and, beside it, what the file is about as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=sorted(WRITERS), default="csv")
        parser.add_argument("--from", type=date.fromisoformat, default=date(2000, 1, 1))
        parser.add_argument(
            "--to", type=date.fromisoformat, help="included; else today"
        )
        parser.add_argument(
            "--out", type=Path, help="else register-FROM-TO.FORMAT here"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now, form = timezone.now(), options["format"]
        try:
            period = between(options["from"], options["to"] or now.date())
            name = f"register-{period.first}-{period.last}.{form}"
            path = options["out"] or Path(name)
            written = write(path, form, period, now)
            beside = path.with_name(f"{path.name}.facts.json")
            beside.write_text(json.dumps(written.facts, indent=1) + "\n", "utf-8")
        except (ValueError, OSError) as error:
            raise CommandError(str(error)) from error
        facts = {"door": "register", **written.facts, "form": form}
        note(viewer_of(system_actor()), now, facts)
        self.stdout.write(f"{written.rows} complaints in {path}, {written.sha256}")
        if written.restricted:
            self.stdout.write(f"{written.restricted} more stand behind a barrier.")
