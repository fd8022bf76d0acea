"""``manage.py reading_role NAME``: the database role that figures are read by."""

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from complaints.compliance import reading


class Command(BaseCommand):
    help = (
        "Lets a PostgreSQL role that exists read the views behind the figures, and"
        " nothing else; with --log another one note who looked at them, and nothing"
        " else. Name them in READONLY_DATABASE_URL and VIEW_LOG_DATABASE_URL."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("role", help="made before, with CREATE ROLE … LOGIN")
        parser.add_argument("--log", help="another one, made in the same way")

    def handle(self, *args: Any, role: str, log: str | None, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError(
                "SQLite has no roles; there the connection itself refuses to write."
            )
        if log == role:
            raise CommandError("A role that reads is none that may only insert.")
        views = reading.install()
        _admit(reading.admit, role)
        self.stdout.write(f"{role} reads {views} views and nothing else.")
        if log:
            _admit(reading.admit_log, log)
            self.stdout.write(f"{log} notes who looked at figures and nothing else.")


def _admit(give: Callable[[str], None], role: str) -> None:
    try:
        give(role)
    except LookupError:
        raise CommandError(
            f"{role} is no role here, or a superuser, whom nothing holds back."
        ) from None
