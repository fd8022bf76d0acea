"""``/hooks/telegram/``: deliveries of the Bot API, known by the secret we chose."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from complaints.channels.telegram import inbound, update
from complaints.channels.webhook import (
    Malformed,
    Refused,
    ask_header,
    hook,
    problem,
    refuse_replay,
    same,
)

SECRET = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header

TRIES_FOR = timedelta(hours=24)
"""Updates "will not be kept longer than 24 hours".
Source: https://core.telegram.org/bots/api#getting-updates"""


def prove(request: HttpRequest) -> HttpResponse | None:
    """The secret stands in a header, so nothing of a stranger's body is read."""
    if not (settings.TELEGRAM_BOT_TOKEN and settings.TELEGRAM_WEBHOOK_SECRET):
        return problem(404, "not_configured")
    if not same(ask_header(request, SECRET), settings.TELEGRAM_WEBHOOK_SECRET):
        raise Refused
    return None


@hook("POST", first=prove)
def receive(request: HttpRequest, body: bytes) -> HttpResponse:
    """Take one update in. A pressed button is told at once that it was heard; what
    the bot says goes through the outbox."""
    try:
        told = update.read(body)
    except update.NoUpdate:
        raise Malformed from None
    refuse_replay([inbound.receive(body, told)], tries_for=TRIES_FOR)
    if not told.press_id:
        return JsonResponse({})
    heard = {"method": "answerCallbackQuery", "callback_query_id": told.press_id}
    return JsonResponse(heard)
