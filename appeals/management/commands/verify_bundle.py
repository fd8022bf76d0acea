"""``manage.py verify_bundle PATH``: the check that lies in every bundle, from here."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from appeals import verify_bundle
from complaints import signing


class Command(BaseCommand):
    help = "Checks a bundle, without the database; every fault is named, exit code 1."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="the ZIP or its unpacked folder")
        parser.add_argument("--key", help="the public key to trust; ours without it")

    def handle(self, *, path: Path, key: str | None, **options: Any) -> None:
        try:
            report = verify_bundle.verify(path, key or signing.public_key())
        except OSError as error:
            raise CommandError(f"cannot read {path}: {error}", returncode=2) from error
        for line in verify_bundle.lines_of(report, trusted=True):
            self.stdout.write(line)
        if not report.whole:
            raise CommandError("The bundle is not whole.")
