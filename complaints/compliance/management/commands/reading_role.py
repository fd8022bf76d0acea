"""``manage.py reading_role NAME``: the database role that figures are read by."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from complaints.compliance import reading


class Command(BaseCommand):
    help = (
        "Lets a PostgreSQL role that exists read the views behind the figures, and"
        " nothing else. Name it in READONLY_DATABASE_URL afterwards."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("role", help="made before, with CREATE ROLE … LOGIN")

    def handle(self, *args: Any, role: str, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError(
                "SQLite has no roles; there the connection itself refuses to write."
            )
        views = reading.install()
        try:
            reading.admit(role)
        except LookupError:
            raise CommandError(
                f"{role} is no role here, or a superuser, whom nothing holds back."
            ) from None
        self.stdout.write(f"{role} reads {views} views and nothing else.")
