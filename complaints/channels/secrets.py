"""Whether the secrets of the webhooks are long enough: asked by ``check --deploy``.

Whoever guesses one writes as any customer of that channel, from anywhere and as often
as they like. What we choose ourselves is to have 24 characters, which is more than 128
bits where they are drawn by chance; what a provider gives has at least 20 with all of
them, so that less is a piece of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core import checks

OURS = 24
THEIRS = 20

LEAST = {
    "TELEGRAM_WEBHOOK_SECRET": OURS,
    "DISCOURSE_WEBHOOK_SECRET": OURS,
    "FACEBOOK_VERIFY_TOKEN": OURS,
    "FACEBOOK_APP_SECRET": THEIRS,
    "TWILIO_AUTH_TOKEN": THEIRS,
    "X_API_SECRET": THEIRS,
    "MAIL_HOOK_KEY": THEIRS,
}
"""Setting -> characters; one that is empty stands for a channel that is not used."""


def check_secrets(app_configs: Any = None, **_kwargs: Any) -> list[checks.CheckMessage]:
    """System check: no secret of a webhook in use is short enough to be guessed."""
    return [*_short(), *_unjudged()]


def _short() -> Iterator[checks.CheckMessage]:
    for name, least in LEAST.items():
        length = len(getattr(settings, name))
        if 0 < length < least:
            yield _too_short(name, length, least)
    shown = settings.MAIL_HOOK_SECRET
    length = len(shown.partition(":")[2])
    if shown and length < OURS:
        yield _too_short("The password in MAIL_HOOK_SECRET", length, OURS)


def _too_short(name: str, length: int, least: int) -> checks.Error:
    return checks.Error(
        f"{name} has {length} characters; the least is {least}.",
        hint="Draw one by chance, such as with: openssl rand -hex 32. Then tell it to "
        "the provider, or copy the whole of what the provider shows.",
        id="complaints.E002",
    )


def _unjudged() -> Iterator[checks.CheckMessage]:
    comes_in = settings.IMAP_URLS or settings.MAIL_HOOK_PROVIDER
    if comes_in and not settings.MAIL_AUTHSERV_IDS:
        yield checks.Warning(
            "Mail comes in, and MAIL_AUTHSERV_IDS is empty: no sender is ever proven.",
            hint="Name the server that writes Authentication-Results. Until then all "
            "new mail counts against MAIL_UNPROVEN_AN_HOUR.",
            id="complaints.W003",
        )
