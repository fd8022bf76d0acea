"""``manage.py check_independence``: names who hears an appeal and should not."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from appeals.services.watch import violations


class Command(BaseCommand):
    help = "Names every violation of independence; exit code 1 when there is one."

    def handle(self, **options: Any) -> None:
        found = [str(violation) for violation in violations()]
        for line in found:
            self.stdout.write(line)
        if found:
            raise CommandError(f"{len(found)} violations.")
        self.stdout.write("Everybody who hears or heard an appeal is independent.")
