"""``manage.py telegram_webhook``: tell Telegram where updates go, and the menu."""

import re
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils.translation import override

from complaints.channels.telegram.outbound import ask
from complaints.channels.telegram.words import COMMANDS
from complaints.outbox import ChannelDown, Deferred, Undeliverable

UPDATES = ["message", "edited_message", "callback_query"]
LANGUAGES = {"": "en", "zh": "zh-hans"}
"""The code of a person's program -> our language; the empty one is everybody else."""

SECRET = re.compile(r"[A-Za-z0-9_-]{24,256}")


class Command(BaseCommand):
    help = "Sets the bot's webhook and commands; --remove takes the webhook away."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--remove", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if not SECRET.fullmatch(settings.TELEGRAM_WEBHOOK_SECRET):
            raise CommandError(
                "TELEGRAM_WEBHOOK_SECRET: 24 to 256 characters of A-Z a-z 0-9 _ -."
            )
        try:
            self._remove() if options["remove"] else self._set()
        except (ChannelDown, Deferred, Undeliverable) as error:
            raise CommandError(f"Telegram said: {error}") from error

    def _remove(self) -> None:
        ask("deleteWebhook", {})
        self.stdout.write("The webhook is removed.")

    def _set(self) -> None:
        url = settings.SITE_URL + reverse("hook-telegram")
        fields = {
            "url": url,
            "secret_token": settings.TELEGRAM_WEBHOOK_SECRET,
            "allowed_updates": UPDATES,
        }
        ask("setWebhook", fields)
        for code, language in LANGUAGES.items():
            ask("setMyCommands", _menu(code, language))
        self.stdout.write(f"Updates go to {url}.")


def _menu(code: str, language: str) -> dict[str, Any]:
    with override(language):
        rows = [
            {"command": name, "description": str(words)}
            for name, words in COMMANDS.items()
        ]
    return {"commands": rows, **({"language_code": code} if code else {})}
